package lessons

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Choose makes the binding of a new attempt. Each variable gets one of its values, or
// its port, or the next free port above it, or a number. Each name of the exercise that is taken
// gets a number behind it: dt-web-2, dt-web-3, … taken tells whether a name without
// tag stands for anything on the daemon, portFree whether a TCP port of the host can
// be listened on.
func Choose(ex *Exercise, taken func(name string) bool, portFree func(port int) bool, r *rand.Rand) (Binding, error) {
	b := Binding{Vars: map[string]string{}, Renames: map[string]string{}}
	ports := map[int]bool{}
	for _, name := range slices.Sorted(maps.Keys(ex.Vars)) {
		v := ex.Vars[name]
		if len(v.Pick) > 0 {
			b.Vars[name] = v.Pick[r.IntN(len(v.Pick))]
			continue
		}
		if v.Digits > 0 {
			b.Vars[name] = digits(v.Digits, r)
			continue
		}
		port, err := nextPort(v.Port, func(p int) bool { return !ports[p] && portFree(p) })
		if err != nil {
			return Binding{}, fmt.Errorf("choosing a port for the variable %q of exercise %q: %w", name, ex.ID, err)
		}
		ports[port] = true
		b.Vars[name] = strconv.Itoa(port)
	}
	bound := Bind(ex, b)
	names, projects := Names(bound), projects(bound)
	// A project is taken where any of the names is that Compose makes from it, and they
	// all change with it.
	made := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return projectOf(n, projects) == "" })
	clashes := func(name, as string) bool {
		return taken(as) || slices.ContainsFunc(made, func(m string) bool {
			return projectOf(m, projects) == name && taken(as+strings.TrimPrefix(m, name))
		})
	}
	for _, name := range names {
		if projectOf(name, projects) != "" || !clashes(name, name) {
			continue
		}
		used := func(other string) bool { return slices.Contains(names, other) || clashes(name, other) }
		other, err := nextName(name, used)
		if err != nil {
			return Binding{}, fmt.Errorf("choosing names for exercise %q: %w", ex.ID, err)
		}
		b.Renames[name] = other
		names = append(names, other)
	}
	for _, name := range made {
		project := projectOf(name, projects)
		if other, ok := b.Renames[project]; ok {
			b.Renames[name] = other + strings.TrimPrefix(name, project)
		}
	}
	return b, nil
}

// digits gives a number of that many digits.
func digits(n int, r *rand.Rand) string {
	number := strconv.Itoa(1 + r.IntN(9))
	for len(number) < n {
		number += strconv.Itoa(r.IntN(10))
	}
	return number
}

const maxPort = 65535

func nextPort(from int, free func(int) bool) (int, error) {
	for port := from; port <= maxPort; port++ {
		if free(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no TCP port from %d to %d is free; stop a program that listens on one", from, maxPort)
}

func nextName(name string, used func(string) bool) (string, error) {
	const last = 999
	for n := 2; n <= last; n++ {
		if other := fmt.Sprintf("%s-%d", name, n); !used(other) {
			return other, nil
		}
	}
	return "", fmt.Errorf("%s and all names from %s-2 to %s-%d are taken; remove some", name, name, name, last)
}
