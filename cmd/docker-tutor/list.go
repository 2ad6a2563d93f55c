package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"docker-tutor/lessons"
	"docker-tutor/progress"

	"github.com/spf13/cobra"
)

// listed is one lesson as list --json gives it.
type listed struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Minutes int      `json:"minutes"`
	After   []string `json:"after"`
	Done    float64  `json:"done"` // 0 to 1
}

func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the lessons and what is done of them",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			course, err := a.course(cmd.Context())
			if err != nil {
				return err
			}
			list := a.listLessons(course)
			if asJSON {
				return json.NewEncoder(a.out).Encode(list)
			}
			a.printList(list)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return cmd
}

func (a *app) listLessons(course *lessons.Course) []listed {
	var record progress.Record
	if a.open() == nil { // without progress the list is still a list
		if r, err := a.store.Read(); err == nil {
			record = r
		}
	}
	list, lang := []listed{}, a.language()
	for _, l := range course.Lessons {
		ids := make([]string, len(l.Steps))
		for i, s := range l.Steps {
			ids[i] = s.ID()
		}
		list = append(list, listed{ID: l.ID, Title: a.title(lang, l.ID), Minutes: l.Minutes, After: append([]string{}, l.After...), Done: record.Lesson(l.ID).Fraction(ids)})
	}
	return list
}

// afterWidth is what 80 columns leave for the lessons that come before one.
const afterWidth = 19

// inLines writes names with commas, in lines of that width.
func inLines(names []string) []string {
	lines := []string{"-"}
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		switch last := len(lines) - 1; {
		case i == 0:
			lines[0] = name
		case len(lines[last])+1+len(name) <= afterWidth:
			lines[last] += " " + name
		default:
			lines = append(lines, name)
		}
	}
	return lines
}

func (a *app) printList(list []listed) {
	lang := a.language()
	w := tabwriter.NewWriter(a.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, lang.Say("list.head", nil))
	for _, l := range list {
		for n, after := range inLines(l.After) {
			if n == 0 {
				fmt.Fprintf(w, "%s\t%s\t%d min\t%d %%\t%s\n", l.ID, l.Title, l.Minutes, int(l.Done*100), after)
			} else {
				fmt.Fprintf(w, "\t\t\t\t%s\n", after)
			}
		}
	}
	w.Flush()
	minutes := 0
	for _, l := range list {
		minutes += l.Minutes
	}
	fmt.Fprintln(a.out, lang.Say("list.total", map[string]any{"n": len(list), "hours": minutes / 60, "minutes": minutes % 60}))
}
