package content

import (
	"strings"
	"testing"
)

func TestParseLang(t *testing.T) {
	for in, want := range map[string]Lang{
		"fr": French, "FR": French, "fr_FR.UTF-8": French, "fr-CA": French, "fr_FR@euro": French,
		"en": English, "en_GB": English, " en ": English,
	} {
		if got, ok := ParseLang(in); !ok || got != want {
			t.Errorf("ParseLang(%q): got %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "french", "f"} {
		if got, ok := ParseLang(in); ok {
			t.Errorf("ParseLang(%q): got %q, want none", in, got)
		}
	}
}

func TestDetect(t *testing.T) {
	for name, c := range map[string]struct {
		flag, saved string
		env         map[string]string
		want        Lang
	}{
		"nothing":                  {want: English},
		"flag first":               {flag: "en", saved: "fr", env: map[string]string{"DOCKER_TUTOR_LANG": "fr", "LANG": "fr_FR"}, want: English},
		"own variable before save": {saved: "en", env: map[string]string{"DOCKER_TUTOR_LANG": "fr", "LANG": "en_US"}, want: French},
		"saved before locale":      {saved: "fr", env: map[string]string{"LC_ALL": "en_US.UTF-8"}, want: French},
		"LC_ALL before LANG":       {env: map[string]string{"LC_ALL": "fr_BE", "LANG": "en_US"}, want: French},
		"LC_MESSAGES before LANG":  {env: map[string]string{"LC_MESSAGES": "fr_BE", "LANG": "en_US"}, want: French},
		"LANG":                     {env: map[string]string{"LANG": "fr_FR.UTF-8"}, want: French},
		"LC_ALL=C means English":   {env: map[string]string{"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, want: English},
		"unknown values":           {saved: "xx", env: map[string]string{"DOCKER_TUTOR_LANG": "tlh", "LANG": "fr"}, want: French},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Detect(c.flag, c.saved, envOf(c.env))
			if got != c.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestDetectNamesTheLanguages(t *testing.T) {
	_, err := Detect("de", "fr", envOf(nil))
	if err == nil {
		t.Fatal("got no error for a flag that names no language")
	}
	for _, want := range []string{`"de"`, "en (English)", "fr (français)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %s in it", err, want)
		}
	}
}

// envOf gives an environment.
func envOf(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}
