package content

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mattn/go-runewidth"
)

var pages = []string{"page", "page-fr"}

func readPage(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRenderGolden(t *testing.T) {
	for _, name := range pages {
		for _, p := range []Page{{40, Dark, false}, {80, Dark, false}, {80, Light, false}, {40, Plain, false}, {80, Plain, false}, {80, Plain, true}} {
			file := fmt.Sprintf("%s-%d-%s", name, p.Width, p.Style)
			if p.ASCII {
				file += "-ascii"
			}
			golden(t, file, Render(readPage(t, name), p))
		}
	}
}

var (
	anySGR    = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	twoSGR    = regexp.MustCompile(`(\x1b\[[0-9;]*m){2}`)
	idleSGR   = regexp.MustCompile(`\x1b\[[0-9;]*m( *)\x1b\[0m`)
	afterEdge = regexp.MustCompile(`\S+\s+(\x1b\[0m)?$`)
)

// Whatever the width and the style: no invisible end of a line, no sequence that does
// nothing, no style left open, and no line of prose wider than the page.
func TestRenderIsTidy(t *testing.T) {
	for _, name := range pages {
		source := readPage(t, name)
		code := map[string]bool{}
		for _, l := range strings.Split(source, "\n") {
			code[strings.TrimSpace(l)] = true
		}
		for width := 20; width <= 130; width++ {
			for _, style := range Styles() {
				out := Render(source, Page{Width: width, Style: style})
				for _, l := range strings.Split(out, "\n") {
					visible := anySGR.ReplaceAllString(l, "")
					for what, bad := range map[string]bool{
						"space at its end":     afterEdge.MatchString(l) || strings.HasSuffix(visible, " "),
						"two sequences in row": twoSGR.MatchString(l),
						"a sequence for space": idleSGR.MatchString(l),
						"an open style":        strings.Count(l, "\x1b[") > 0 && !closed(l),
						"too wide":             runewidth.StringWidth(visible) > min(width, 80) && !code[strings.TrimSpace(visible)],
					} {
						if bad {
							t.Errorf("%s, %s, %d columns: %s in %q", name, style, width, what, l)
						}
					}
				}
			}
		}
	}
}

// closed tells whether a line's last sequence is a reset.
func closed(line string) bool {
	all := anySGR.FindAllString(line, -1)
	return len(all) > 0 && all[len(all)-1] == "\x1b[0m"
}

func TestRenderPlainHasNoEscape(t *testing.T) {
	for _, style := range []Style{Plain, "", "sepia"} {
		if out := Render(readPage(t, "page"), Page{Style: style}); strings.Contains(out, "\x1b") {
			t.Errorf("style %q: got an escape sequence", style)
		}
	}
}

// What a style shows is the same words: colours aside, only backticks, the bar of a
// quote and the widths in a table differ between dark and plain.
func TestStylesShowTheSameText(t *testing.T) {
	words := func(s Style) string {
		out := anySGR.ReplaceAllString(Render(readPage(t, "page"), Page{Style: s}), "")
		all := strings.Fields(strings.NewReplacer("`", "", "│ ", "", "> ", "", "─", "").Replace(out))
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	if dark, plain := words(Dark), words(Plain); dark != plain {
		t.Errorf("dark:\n%s\nplain:\n%s", dark, plain)
	}
}

// Every line of code comes out in one piece, at any width, so that a copy of it runs.
func TestRenderKeepsCode(t *testing.T) {
	source := readPage(t, "page")
	p := Part{Text: source}
	blocks, _ := p.codeBlocks()
	if len(blocks) != 3 {
		t.Fatalf("got %d blocks in the page", len(blocks))
	}
	for _, width := range []int{20, 40, 80, 120} {
		out := "\n" + anySGR.ReplaceAllString(Render(source, Page{Width: width, Style: Dark}), "")
		for _, b := range blocks {
			want := ""
			for _, l := range b.lines {
				want += "\n" + strings.TrimRight("    "+l, " ")
			}
			if !strings.Contains(out, want+"\n") {
				t.Errorf("%d columns: got no %q in\n%s", width, want, out)
			}
		}
	}
}

func TestRender(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		width          int
	}{
		{"nothing", "", "", 40},
		{"soft line break", "a\nb", "a b\n", 40},
		{"hard line breaks", "a\\\nb  \nc", "a\nb\nc\n", 40},
		{"inline code is not split", "Now type the words `docker images -q`", "Now type the words\n`docker images -q`\n", 30},
		{"nor at its hyphens", "Type the word `dt-a-b-c`", "Type the word\n`dt-a-b-c`\n", 20},
		{"unless it is wider than a line", "Type `docker images --filter x=y` now", "Type\n`docker images\n--filter x=y` now\n", 20},
		{"a no-break space does not break", "abcdefgh ijklmnop qr\u00a0?", "abcdefgh ijklmnop\nqr\u00a0?\n", 20},
		{"nor a plain space of French", "abcdefgh ijklmnopqr ?", "abcdefgh\nijklmnopqr ?\n", 20},
		{"nor one inside guillemets", "abcdefgh ijklmnop « no »", "abcdefgh ijklmnop\n« no »\n", 20},
		{"a hyphen does not break", "abcdefgh ijklmnop qr-st", "abcdefgh ijklmnop\nqr-st\n", 20},
		{"a long word breaks after a slash", "https://docs.docker.com/reference/cli/x", "<https://\ndocs.docker.com/\nreference/cli/x>\n", 20},
		{"or anywhere", strings.Repeat("x", 25), strings.Repeat("x", 20) + "\n" + "xxxxx\n", 20},
		{"wide characters", strings.Repeat("日", 11), strings.Repeat("日", 10) + "\n日\n", 20},
		{"words like a list", "| a |\n|---|\n| 1. May |", "a\n──────\n1. May\n", 40},
		{"a heading like a list", "## 1. May", "1. May\n", 40},
		{"marks beside code", "**`a`** and *`b`*", "`a` and `b`\n", 40},
		{"a pipe in a table", "| a |\n|---|\n| `x \\| y` |", "a\n───────\n`x | y`\n", 40},
		{"right-aligned", "| a | n |\n|---|--:|\n| b | 10 |\n| c | 9 |", "a   n\n─  ──\nb  10\nc   9\n", 40},
		{"an item that begins with code", "- ```\n  x\n  ```\n- y", "•\n    x\n\n• y\n", 40},
		{"text after code in an item", "- a\n  ```\n  x\n  ```\n  b", "• a\n\n    x\n\n  b\n", 40},
		{"an empty item", "- a\n-\n- b", "• a\n•\n• b\n", 40},
		{"two paragraphs in an item", "1. a\n\n   b\n2. c", "1. a\n\n   b\n\n2. c\n", 40},
		{"a list that starts at 9", "9. a\n10. b b b b b b b b b", "9. a\n10. b b b b b b b b\n    b\n", 20},
		{"code in a quote has no bar", "> a\n>\n> ```\n> x\n> ```", "> a\n>\n    x\n", 40},
		{"a list in a quote", "> - a\n>   b", "> • a b\n", 40},
		{"a comment of the author", "a\n\n<!-- b -->\n\nc", "a\n\nc\n", 40},
		{"a rule", "a\n\n---\n\nb", "a\n\n────────────────────\n\nb\n", 20},
		{"a link", "[a b](https://x.example)", "a b <https://x.example>\n", 40},
		{"indented code", "a\n\n    x  \n      y", "a\n\n    x\n      y\n", 40},
		{"escapes and bidi", "a\x1b[31mb\u202ec\td\r\n```\n\x07x\n```", "a[31mbc    d\n\n    x\n", 40},
		{"our own marks", "a\ue000b\ue001", "ab\n", 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Render(c.in, Page{Width: c.width}); got != c.want {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestRenderColors(t *testing.T) {
	for in, want := range map[string]string{
		"# T":                           "\x1b[38;5;75;1mT\x1b[0m\n",
		"### T":                         "\x1b[1mT\x1b[0m\n",
		"a **b c** d":                   "a \x1b[1mb c\x1b[0m d\n",
		"a **b**`c`":                    "a \x1b[1mb\x1b[0;38;5;180mc\x1b[0m\n",
		"> a":                           "\x1b[38;5;75m│\x1b[0m a\n",
		"```sh\na b # c\n```":           "    \x1b[38;5;180ma b\x1b[0m \x1b[38;5;245m# c\x1b[0m\n",
		"```sh\nx '#' $#\n```":          "    \x1b[38;5;180mx '#' $#\x1b[0m\n",
		"```text\n# not a comment\n```": "    \x1b[38;5;180m# not a comment\x1b[0m\n",
	} {
		if got := Render(in, Page{Style: Dark}); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestHang(t *testing.T) {
	got := Hang(" ✔ ", "you listed the\nlayers of `dt-hello:1.0`\n\n```sh\nls\n```", Page{Width: 24})
	if want := " ✔ you listed the layers\n   of `dt-hello:1.0`\n\n     ls\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Hang(" ✔ ", "", Page{}), " ✔\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDetectStyle(t *testing.T) {
	for _, c := range []struct {
		flag     string
		env      map[string]string
		terminal bool
		want     Style
	}{
		{"", nil, true, Dark},
		{"", nil, false, Plain},
		{"light", map[string]string{"NO_COLOR": "1"}, false, Light},
		{"", map[string]string{"NO_COLOR": "1"}, true, Plain},
		{"", map[string]string{"NO_COLOR": ""}, true, Dark},
		{"", map[string]string{"TERM": "dumb"}, true, Plain},
		{"", map[string]string{"COLORFGBG": "15;0"}, true, Dark},
		{"", map[string]string{"COLORFGBG": "0;15"}, true, Light},
		{"", map[string]string{"COLORFGBG": "0;default;7"}, true, Light},
		{"", map[string]string{"COLORFGBG": "15;default"}, true, Dark},
		{"", map[string]string{"COLORFGBG": "15;8"}, true, Dark},
	} {
		if got, err := DetectStyle(c.flag, envOf(c.env), c.terminal); got != c.want || err != nil {
			t.Errorf("%q %v %v: got %s, %v, want %s", c.flag, c.env, c.terminal, got, err, c.want)
		}
	}
	if _, err := DetectStyle("sepia", envOf(nil), true); err == nil || !strings.Contains(err.Error(), "dark, light, plain") {
		t.Errorf("got %v for a style that is none", err)
	}
}

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "abc": 3, "\x1b[1mabc\x1b[0m": 3, "é": 1, "e\u0301": 1, "日本": 4, "🐳": 2, "a\u00a0b": 3, "✔": 1,
	} {
		if got := Width(in); got != want {
			t.Errorf("Width(%q): got %d, want %d", in, got, want)
		}
	}
}

// Pages are rendered from several goroutines at once.
func TestRenderTogether(t *testing.T) {
	source := readPage(t, "page")
	want := Render(source, Page{Style: Dark})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := Render(source, Page{Style: Dark}); got != want {
				t.Error("got another page")
			}
		})
	}
	group.Wait()
}

func BenchmarkRender(b *testing.B) {
	source := readPage(b, "page")
	Render(source, Page{Style: Dark})
	for b.Loop() {
		Render(source, Page{Style: Dark})
	}
}

func FuzzRender(f *testing.F) {
	for _, name := range pages {
		f.Add(readPage(f, name), 40)
	}
	f.Add("- a\n  - b\n    > 1. `c` | d\n\n| a | b |\n|---|:-:|\n| c |\n", 20)
	f.Fuzz(func(t *testing.T, source string, width int) {
		if len(source) > 4<<10 {
			return
		}
		out := Render(source, Page{Width: width})
		for i, r := range out {
			if forbidden(r) {
				t.Fatalf("got %U at %d in %q", r, i, out)
			}
		}
		Render(source, Page{Width: width, Style: Dark, ASCII: true})
	})
}

func FuzzParseWords(f *testing.F) {
	for _, file := range []string{"testdata/good/en/cups.md", "testdata/bad/en/cups.md", "en/images.md"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		words, faults := ParseWords("f", data)
		for _, path := range words.Paths() {
			p, ok := words.Part(path)
			if !ok {
				t.Fatalf("the path %q leads to no part", path)
			}
			lintCode(p)
		}
		if len(words.Paths()) == 0 && len(faults) == 0 {
			t.Fatal("no part and no fault")
		}
	})
}
