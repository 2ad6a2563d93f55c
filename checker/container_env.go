package checker

import (
	"maps"
	"slices"
	"strings"

	"docker-tutor/lessons"
)

// otherEnv compares the environment. The daemon keeps duplicates; the last counts.
func otherEnv(want *lessons.Container, env []string) *Diagnosis {
	last, earlier := map[string]string{}, map[string][]string{}
	for _, line := range env {
		key, value, given := strings.Cut(line, "=")
		if !given { // -e NAME of a variable that the shell does not have: taken away
			delete(last, key)
			continue
		}
		if before, ok := last[key]; ok {
			earlier[key] = append(earlier[key], before)
		}
		last[key] = value
	}
	look := inspect("{{json .Config.Env}}", want.Name)
	for _, key := range slices.Sorted(maps.Keys(want.Env)) {
		wanted := want.Env[key]
		found, ok := last[key]
		a := args{"name": want.Name, "variable": key}
		switch {
		case ok && found == wanted:
			continue
		case !ok:
			return missingEnv(key, wanted, look, last, a)
		}
		a["found"], a["wanted"] = found, wanted
		switch {
		case slices.Contains(earlier[key], wanted):
			return diagnose(true, "container-env-set-twice", look, a)
		case strings.Trim(found, `"'`) == wanted:
			return diagnose(true, "container-env-quoted", look, a)
		}
		return diagnose(true, "container-env-other-value", look, a)
	}
	return nil
}

// missingEnv looks for the variable under a name that differs by its case.
func missingEnv(key, wanted, look string, env map[string]string, a args) *Diagnosis {
	for _, other := range slices.Sorted(maps.Keys(env)) {
		if strings.EqualFold(other, key) {
			a["found"] = other
			return diagnose(true, "container-env-other-name", look, a)
		}
	}
	a["wanted"] = wanted
	return diagnose(true, "container-env-missing", look, a)
}

// otherLabel gives the first label, in the order of the alphabet, that is missing or
// has another value, with the value it has, if any.
func otherLabel(want, found map[string]string) (label, is string, has bool) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if is, has := found[key]; !has || is != want[key] {
			return key, is, has
		}
	}
	return "", "", false
}
