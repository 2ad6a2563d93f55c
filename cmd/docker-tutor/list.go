package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"docker-tutor/content"
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
		RunE: func(*cobra.Command, []string) error {
			course, err := lessons.Builtin()
			if err != nil {
				return err
			}
			list, err := a.listLessons(course)
			if err != nil {
				return err
			}
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

func (a *app) listLessons(course *lessons.Course) ([]listed, error) {
	var record progress.Record
	if a.open() == nil { // without progress the list is still a list
		if r, err := a.store.Read(); err == nil {
			record = r
		}
	}
	list := []listed{}
	for _, l := range course.Lessons {
		words, err := content.Builtin(a.language(), l.ID)
		if err != nil {
			return nil, err
		}
		title, _ := words.Part("lesson")
		ids := make([]string, len(l.Steps))
		for i, s := range l.Steps {
			ids[i] = s.ID()
		}
		list = append(list, listed{ID: l.ID, Title: title.Title, Minutes: l.Minutes, After: append([]string{}, l.After...), Done: record.Lesson(l.ID).Fraction(ids)})
	}
	return list, nil
}

func (a *app) printList(list []listed) {
	lang := a.language()
	w := tabwriter.NewWriter(a.out, 0, 4, 3, ' ', 0)
	fmt.Fprintln(w, lang.Say("list.head", nil))
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\t%d min\t%d %%\n", l.ID, l.Title, l.Minutes, int(l.Done*100))
	}
	w.Flush()
}
