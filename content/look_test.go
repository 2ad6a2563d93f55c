package content
import ("testing";"os";"fmt";"strconv")
func TestLook(t *testing.T){
 w,_:=strconv.Atoi(os.Getenv("W"))
 for _,f:=range []string{"testdata/page.md","testdata/page-fr.md"}{
 b,_:=os.ReadFile(f)
 fmt.Print(Render(string(b),Page{Width:w,Style:Style(os.Getenv("S")),ASCII:os.Getenv("A")!=""}))
 }
}
