package checker

import (
	"maps"
	"slices"
	"strings"
)

// diagnoses lists every built-in diagnosis with the arguments its words may use.
var diagnoses = map[string]string{
	"daemon-silent": "reason",
	"check-broken":  "reason",

	"container-missing":            "name",
	"container-name-typo":          "found wanted",
	"container-other-name":         "found image wanted",
	"container-renamed":            "found wanted",
	"container-existed-before":     "name",
	"container-is-gone":            "name",
	"container-removed-at-exit":    "code name why",
	"container-still-there":        "name",
	"container-stopped-only":       "name",
	"container-never-there":        "name",
	"container-wrong-image":        "found name wanted",
	"container-options-last":       "image name option",
	"container-never-started":      "name wanted",
	"container-could-not-start":    "code command name why",
	"container-port-taken":         "name port",
	"container-start-failed":       "error name",
	"container-exited":             "ago code name wanted why",
	"container-paused":             "name wanted",
	"container-not-paused":         "name",
	"container-still-running":      "name",
	"container-was-started":        "found name",
	"container-restarting":         "code name wanted why",
	"container-other-state":        "found name wanted",
	"container-other-exit-code":    "found name wanted why",
	"container-other-command":      "found name wanted",
	"container-label-missing":      "label name wanted",
	"container-other-label":        "found label name wanted",
	"container-other-restart":      "found name wanted",
	"container-env-missing":        "name variable wanted",
	"container-env-other-name":     "found name variable",
	"container-env-other-value":    "found name variable wanted",
	"container-env-quoted":         "found name variable wanted",
	"container-env-set-twice":      "found name variable wanted",
	"container-port-not-published": "name wanted",
	"container-port-only-exposed":  "name port wanted",
	"container-port-none-exposed":  "name wanted",
	"container-port-swapped":       "found name wanted",
	"container-port-other-host":    "found name wanted",
	"container-port-other-inside":  "found name wanted",
	"container-port-by-docker":     "found name wanted",
	"container-port-protocol":      "found name wanted",
	"container-port-others":        "found name wanted",
	"container-port-no-network":    "name network wanted",

	"image-missing":        "name",
	"image-wrong-tag":      "found wanted why",
	"image-name-typo":      "found wanted",
	"image-other-name":     "found other wanted",
	"image-untagged":       "found wanted",
	"image-existed-before": "name",
	"image-is-gone":        "name",
	"image-still-there":    "name",
	"image-never-there":    "name",
	"image-other-image":    "name other",
	"image-no-other":       "name other",
	"image-label-missing":  "label name wanted",
	"image-other-label":    "found label name wanted",

	"images-too-few":     "found wanted which",
	"images-too-many":    "found wanted which",
	"images-have-a-name": "found wanted which",
	"images-never-there": "which",

	"event-not-yet":         "action type",
	"event-not-yet-on":      "action name type",
	"event-other-name":      "action found wanted",
	"event-other-exit-code": "found name wanted why",
	"event-other-attribute": "action attribute found name wanted",

	"answer-not-given":     "",
	"answer-wrong":         "given",
	"answer-not-number":    "given",
	"answer-number":        "given why",
	"answer-other-code":    "given name",
	"answer-not-id":        "given",
	"answer-short-id":      "given name",
	"answer-other-id":      "given name",
	"answer-other-label":   "given label name",
	"answer-nothing-there": "name",
	"answer-no-label":      "label name",
	"answer-not-exited":    "found name",
}

// phrases lists every Phrase that an argument may hold.
var phrases = []Phrase{
	"exit-0", "exit-1", "exit-125", "exit-126", "exit-127", "exit-137", "exit-139", "exit-143",
	"exit-by-kill", "exit-by-stop", "exit-oom", "exit-other", "exit-signal",
	"state-created", "state-dead", "state-exited", "state-paused", "state-removing",
	"state-restarting", "state-running",
	"tag-latest", "tag-other",
	"too-few", "too-many",
	"type-container", "type-image", "type-network", "type-volume",
}

// KnownDiagnoses gives the ids of all built-in diagnoses, sorted. The words of
// each are "diagnosis.ID".
func KnownDiagnoses() []string {
	return slices.Sorted(maps.Keys(diagnoses))
}

// DiagnosisArgs gives the names of the arguments that come with a built-in
// diagnosis, sorted: the placeholders that its words may use.
func DiagnosisArgs(id string) []string {
	return strings.Fields(diagnoses[id])
}

// KnownPhrases gives all phrases, sorted. The words of each are "phrase.ID".
func KnownPhrases() []Phrase {
	return slices.Sorted(slices.Values(phrases))
}
