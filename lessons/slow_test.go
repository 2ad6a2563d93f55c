package lessons
import ("testing";"strings";"time";"fmt")
func TestSlow(t *testing.T){
 rep:=func(pre,s string) string { return pre+strings.Repeat(s,(maxFile-len(pre)-1)/len(s)) }
 for name,src:=range map[string]string{
  "comments": rep("","#\n"),
  "comments2": rep("id: a\n","# a\n\n"),
  "keys": rep("","a:\n"),
  "distinct": func() string{var b strings.Builder; for i:=0; b.Len()<maxFile-20;i++{fmt.Fprintf(&b,"k%d:\n",i)};return b.String()}(),
  "flowlist": rep("id: [","a,"),
  "q": rep("","? "),
  "dash": rep("","- "),
  "vars": rep("id: small\nminutes: 5\nsteps:\n  - exercise: a\n    checks: [{id: a, answer: {is: [a]}}]\n    solution: a","{{.x}}"),
  "varlines": rep("id: small\nminutes: 5\nsteps:\n  - exercise: a\n    checks: [{id: a, answer: {is: [a]}}]\n    solution: |\n","      {{.x}}\n"),
  "esc": rep("id: \"", `\e`)+"\"",
  "raw": rep("id: ", "\x1b"),
  "ids": rep("id: small\nminutes: 5\nsteps:\n", "  - reading: a\n"),
  "docs": rep("a\n", "---\n"),
  "anchors": rep("", "- &a a\n"),
  "flowmap": rep("{","a: b,"),
  "quotes": rep("", "\"a\" : "),
  "names": rep("id: small\nminutes: 5\nsteps:\n  - exercise: a\n    checks: [{id: a, answer: {is: [a]}}]\n    solution: a","dt-aa "),
  "fewnames": func() string{var b strings.Builder; b.WriteString("id: small\nminutes: 5\nsteps:\n  - exercise: a\n    solution: b\n    checks:\n"); for i:=0; b.Len()<maxFile-80;i++{fmt.Fprintf(&b,"      - {id: a, image: {name: dt-%d}}\n",i)};return b.String()}(),
 } {
  s:=time.Now(); l,err:=ParseLesson("x.yaml",[]byte(src)); d:=time.Since(s)
  n:=0; if f,ok:=err.(Faults);ok{n=len(f)}
  var d2 time.Duration
  if l!=nil { s=time.Now(); n=len(Lint(&Course{Lessons:[]*Lesson{l}},Known{})); d2=time.Since(s)}
  fmt.Println(name,len(src),d,d2,n)
 }
}
