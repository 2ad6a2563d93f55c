package lessons

import (
	"regexp"
	"strings"
)

var (
	sizeForm     = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?([kKmMgG]i?)?[bB]?$`)
	cpusForm     = regexp.MustCompile(`^[0-9]*\.?[0-9]+$`)
	portForm     = regexp.MustCompile(`^([0-9]{1,5})(/(tcp|udp))?$`)
	platformForm = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?$`)
)

// form faults a text that is not of the form that its key asks for.
func (l *linter) form(at spot, text string, form *regexp.Regexp, wanted string) {
	if text != "" && !form.MatchString(text) {
		l.fault(at, "%s is wanted here, this is %s", wanted, quote(text))
	}
}

// absolute faults a path that does not begin at the root.
func (l *linter) absolute(at spot, path string) {
	if path != "" && !strings.HasPrefix(path, "/") {
		l.fault(at, "a path that begins with / is wanted here, this is %s", quote(path))
	}
}

func (l *linter) containerOptions(at Pos, o *ContainerOptions) {
	l.form(spot{at, "memory"}, o.Memory, sizeForm, "a size such as 64m")
	l.form(spot{at, "memory-swap"}, o.MemorySwap, sizeForm, "a size such as 64m")
	l.form(spot{at, "cpus"}, o.CPUs, cpusForm, "a number of CPUs such as 0.5")
	l.absolute(spot{at, "workdir"}, o.Workdir)
	for _, m := range o.Mounts {
		l.absolute(spot{m.At, "target"}, m.Target)
		if m.Type == "tmpfs" && m.Source != "" {
			l.fault(spot{m.At, "source"}, "a tmpfs has no source; remove it")
		}
	}
}

func (l *linter) imageOptions(at Pos, o *ImageOptions) {
	l.form(spot{at, "max-size"}, o.MaxSize, sizeForm, "a size such as 5MB")
	l.form(spot{at, "by"}, o.By, sizeForm, "a size such as 4MB")
	l.form(spot{at, "platform"}, o.Platform, platformForm, "a platform such as linux/arm64")
	l.absolute(spot{at, "workdir"}, o.Workdir)
	for i, p := range o.Exposes {
		l.form(spot{at, "exposes"}.item(i), p, portForm, "a port such as 80 or 53/udp")
	}
	switch {
	case o.By != "" && o.SmallerThan == "":
		l.fault(spot{at, "by"}, "this says by how much it is smaller; smaller-than must say than what")
	case o.SharedLayers != nil && o.SharesLayersWith == "":
		l.fault(spot{at, "shared-layers"}, "this counts shared layers; shares-layers-with must say with what")
	case o.Layers != nil && o.MaxLayers != nil:
		l.fault(spot{at, "max-layers"}, "layers says it already; remove one of the two")
	case o.User != "" && o.NonRoot:
		l.fault(spot{at, "non-root"}, "user says it already; remove one of the two")
	}
}
