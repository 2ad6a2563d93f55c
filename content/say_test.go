package content

import (
	"errors"
	"testing"
	"time"
)

// withMessages adds messages for one test.
func withMessages(t testing.TB, en, fr map[string]string) {
	t.Helper()
	for _, add := range []struct{ to, from map[string]string }{{messagesEN, en}, {messagesFR, fr}} {
		for id, text := range add.from {
			if _, taken := add.to[id]; taken {
				t.Fatalf("the message %s is there already", id)
			}
			add.to[id] = text
			t.Cleanup(func() { delete(add.to, id) })
		}
	}
}

func TestSay(t *testing.T) {
	withMessages(t,
		map[string]string{
			"test.plain":  "no placeholder, but {{.Id}}, {{json .}}, {}, {A}, { n } and a last {",
			"test.value":  "<{v}>",
			"test.plural": "{n} {n:image|images}",
			"test.wait":   "it stopped {ago} ago",
		}, map[string]string{
			"test.plain":  "rien",
			"test.value":  "<{v}>",
			"test.plural": "{n} {n:image|images}",
			"test.wait":   "il s'est arrêté il y a {ago}",
		})
	for _, c := range []struct {
		lang Lang
		id   string
		args Args
		want string
	}{
		{English, "test.plain", nil, "no placeholder, but {{.Id}}, {{json .}}, {}, {A}, { n } and a last {"},
		{English, "test.value", Args{"v": "dt-web"}, "<dt-web>"},
		{English, "test.value", Args{"v": 1234567}, "<1234567>"},
		{English, "test.value", Args{"v": errors.New("no route")}, "<no route>"},
		{English, "test.value", Args{"v": "{v}"}, "<{v}>"}, // values are not filled in again
		{English, "test.value", Args{"v": "a\x1b[31mb\u202ec\r\nd"}, "<a[31mbc\nd>"},
		{English, "test.value", Args{"v": []string{}}, "<>"},
		{English, "test.value", Args{"v": []string{"a"}}, "<a>"},
		{English, "test.value", Args{"v": []string{"a", "b"}}, "<a and b>"},
		{English, "test.value", Args{"v": []string{"a", "b", "c"}}, "<a, b and c>"},
		{French, "test.value", Args{"v": []string{"a", "b", "c"}}, "<a, b et c>"},
		{English, "test.plural", Args{"n": 0}, "0 images"},
		{English, "test.plural", Args{"n": 1}, "1 image"},
		{English, "test.plural", Args{"n": int64(2)}, "2 images"},
		{French, "test.plural", Args{"n": 0}, "0 image"},
		{French, "test.plural", Args{"n": uint8(1)}, "1 image"},
		{French, "test.plural", Args{"n": 2}, "2 images"},
		{English, "test.plural", Args{"n": "two"}, "two ⟨n⟩"},
		{English, "test.wait", Args{"ago": 3 * time.Second}, "it stopped three seconds ago"},
		{French, "test.wait", Args{"ago": 3 * time.Second}, "il s'est arrêté il y a trois secondes"},
		{English, "test.value", Args{"w": 1}, "<⟨v⟩>"},
		{English, "test.nowhere", nil, "⟨test.nowhere⟩"},
		{"", "test.value", Args{"v": time.Minute}, "<1 minute>"}, // the zero language is English
	} {
		if got := c.lang.Say(c.id, c.args); got != c.want {
			t.Errorf("%s %s %v:\n got %q\nwant %q", c.lang, c.id, c.args, got, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d      time.Duration
		en, fr string
	}{
		{-time.Hour, "less than a second", "moins d'une seconde"},
		{0, "less than a second", "moins d'une seconde"},
		{999 * time.Millisecond, "less than a second", "moins d'une seconde"},
		{time.Second, "one second", "une seconde"},
		{1499 * time.Millisecond, "one second", "une seconde"},
		{1500 * time.Millisecond, "two seconds", "deux secondes"},
		{12 * time.Second, "twelve seconds", "douze secondes"},
		{13 * time.Second, "13 seconds", "13 secondes"},
		{59400 * time.Millisecond, "59 seconds", "59 secondes"},
		{59500 * time.Millisecond, "1 minute", "1 minute"},
		{89 * time.Second, "1 minute", "1 minute"},
		{90 * time.Second, "2 minutes", "2 minutes"},
		{59*time.Minute + 31*time.Second, "1 hour", "1 heure"},
		{23 * time.Hour, "23 hours", "23 heures"},
		{24 * time.Hour, "1 day", "1 jour"},
		{50 * time.Hour, "2 days", "2 jours"},
	} {
		if got := English.Duration(c.d); got != c.en {
			t.Errorf("%v: got %q, want %q", c.d, got, c.en)
		}
		if got := French.Duration(c.d); got != c.fr {
			t.Errorf("%v: got %q, want %q", c.d, got, c.fr)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	withMessages(b, map[string]string{"test.bench": "{name} exited {ago} ago with the code {code} after {n} {n:try|tries}"}, nil)
	args := Args{"name": "dt-web", "ago": 3 * time.Second, "code": 137, "n": 2}
	for b.Loop() {
		English.Say("test.bench", args)
	}
}
