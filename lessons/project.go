package lessons

import "strings"

// projects lists the Compose projects that the checks of an exercise are about. Compose
// makes the names of what it creates from the project's: dt-shop-web-1, dt-shop_data.
func projects(ex *Exercise) []string {
	var all []string
	for _, c := range ex.Checks {
		if c.Compose != nil {
			all = append(all, c.Compose.Project)
		}
	}
	return all
}

// projectOf gives the project that a name is made from, or nothing.
func projectOf(name string, projects []string) string {
	for _, p := range projects {
		if strings.HasPrefix(name, p+"-") || strings.HasPrefix(name, p+"_") {
			return p
		}
	}
	return ""
}
