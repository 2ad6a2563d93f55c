package guard

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"docker-tutor/checker"

	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/client"
)

// Keeper keeps a baseline: it refuses what would remove, stop, change or overwrite what
// was there, narrows prunes to what the lab made, and labels what the lab makes.
type Keeper struct {
	Daemon   *client.Client // asked for what a name stands for
	Baseline checker.Inventory
	Label    string // key=value, put on all that is made
	// Built tells whether the lab was building at that moment, by the daemon's clock: other
	// build cache is kept. Where it is nil all cache is.
	Built func(at time.Time) bool
	// Made is told of what the lab makes and no label can be put on: a "volume" that came
	// with a container, an "image" name, and by its short id a "step" of the legacy builder's,
	// which is a container or an image. It may be nil.
	Made func(kind, name string)
	// Owns tells whether something was made so. It may be nil.
	Owns func(kind, name string) bool
}

// Why a call is refused.
const (
	KeptContainer = "kept-container"
	KeptImage     = "kept-image"
	KeptName      = "kept-name" // of an image: the call would move it to another, or take it away
	KeptVolume    = "kept-volume"
	KeptNetwork   = "kept-network"
	KeptCluster   = "kept-cluster" // of a swarm, or a plugin: a lab has none of its own
	KeptArchive   = "kept-archive" // compressed so that the guard cannot see which names it would move
)

// Reasons lists them all, for whoever has to put them into words.
func Reasons() []string {
	return []string{KeptContainer, KeptImage, KeptName, KeptVolume, KeptNetwork, KeptCluster, KeptArchive}
}

// answered is the error by which a rule says that it has answered the call itself.
type answered struct {
	Status int
	Body   any
}

func (a *answered) Error() string { return "answered by the guard" }

// rule decides on a call before the daemon sees it; it may change the request. The error
// is a *Refusal, an *answered, or a failure to find out, which refuses too.
type rule func(*Keeper, *http.Request, checker.Endpoint) error

// rules say what is done with each call that could harm or that makes something. Calls
// that are not here change nothing that was there.
var rules = map[string]rule{
	"DELETE containers/{}":           (*Keeper).keepContainer,
	"POST containers/{}/start":       (*Keeper).keepContainer,
	"POST containers/{}/stop":        (*Keeper).keepContainer,
	"POST containers/{}/kill":        (*Keeper).keepContainer,
	"POST containers/{}/restart":     (*Keeper).keepContainer,
	"POST containers/{}/rename":      (*Keeper).keepContainer,
	"POST containers/{}/update":      (*Keeper).keepContainer,
	"POST containers/{}/pause":       (*Keeper).keepContainer,
	"POST containers/{}/unpause":     (*Keeper).keepContainer,
	"POST containers/{}/exec":        (*Keeper).keepContainer,
	"POST containers/{}/checkpoints": (*Keeper).keepContainer,
	"PUT containers/{}/archive":      (*Keeper).keepContainer,
	"GET containers/{}/json":         (*Keeper).beforeAttach,
	"POST containers/{}/attach":      (*Keeper).attach,
	"GET containers/{}/attach/ws":    (*Keeper).attach,
	"POST containers/create":         (*Keeper).labelBody,
	"POST volumes/create":            (*Keeper).labelBody,
	"POST networks/create":           (*Keeper).labelBody,
	"POST commit":                    (*Keeper).commit,
	"POST build":                     (*Keeper).build,
	"POST images/create":             (*Keeper).pullOrImport,
	"POST images/load":               (*Keeper).load,
	"POST images/{}/tag":             (*Keeper).tag,
	"DELETE images/{}":               (*Keeper).removeImage,
	"DELETE volumes/{}":              (*Keeper).keepVolume,
	"PUT volumes/{}":                 (*Keeper).keepVolume,
	"DELETE networks/{}":             (*Keeper).keepNetwork,
	"POST networks/{}/connect":       (*Keeper).keepMember,
	"POST networks/{}/disconnect":    (*Keeper).keepMember,
	"POST containers/prune":          (*Keeper).narrow,
	"POST images/prune":              (*Keeper).pruneImages,
	"POST volumes/prune":             (*Keeper).narrow,
	"POST networks/prune":            (*Keeper).narrow,
	"POST build/prune":               (*Keeper).narrowCache,
	"DELETE plugins/{}":              (*Keeper).keepPlugin,
	"POST plugins/{}/disable":        (*Keeper).keepPlugin,
	"POST plugins/{}/set":            (*Keeper).keepPlugin,
	"POST plugins/{}/upgrade":        (*Keeper).keepPlugin,
	"DELETE services/{}":             (*Keeper).keepCluster,
	"POST services/{}/update":        (*Keeper).keepCluster,
	"DELETE secrets/{}":              (*Keeper).keepCluster,
	"POST secrets/{}/update":         (*Keeper).keepCluster,
	"DELETE configs/{}":              (*Keeper).keepCluster,
	"POST configs/{}/update":         (*Keeper).keepCluster,
	"DELETE nodes/{}":                (*Keeper).keepCluster,
	"POST nodes/{}/update":           (*Keeper).keepCluster,
	"POST swarm/leave":               (*Keeper).keepCluster,
	"POST swarm/update":              (*Keeper).keepCluster,
}

// completion finishes an answer of the daemon's, its body given and returned.
type completion func(*Keeper, *http.Request, []byte) []byte

var completions = map[string]completion{
	"POST containers/create": (*Keeper).noteVolumes,
	"POST images/prune":      (*Keeper).pruneUnlabelledImages,
	"POST volumes/prune":     (*Keeper).pruneUnlabelledVolumes,
}

// admit refuses a call that would harm the baseline, and labels or narrows the others.
func (k *Keeper) admit(r *http.Request, e checker.Endpoint) error {
	if judge := rules[e.Method+" "+e.Path]; judge != nil {
		return judge(k, r, e)
	}
	return nil
}

// keepContainer asks the daemon what the name or the short id stands for, as it would.
func (k *Keeper) keepContainer(r *http.Request, e checker.Endpoint) error {
	return k.refuseContainer(r.Context(), e.Name)
}

func (k *Keeper) refuseContainer(ctx context.Context, name string) error {
	c, err := k.Daemon.ContainerInspect(ctx, name)
	switch {
	case client.IsErrNotFound(err):
		return nil // the daemon says so better
	case err != nil:
		return fmt.Errorf("finding out which container %s is: %w", name, err)
	case k.Baseline.HasContainer(c.ID):
		return &Refusal{KeptContainer, strings.TrimPrefix(c.Name, "/")}
	}
	return nil
}

// attach lets a container that was there be watched, not be typed to: Ctrl-C would end it.
func (k *Keeper) attach(r *http.Request, e checker.Endpoint) error {
	if !checker.IsTrue(r.URL.Query().Get("stdin")) {
		return nil
	}
	return k.refuseContainer(r.Context(), e.Name)
}

// beforeAttach refuses docker attach at its first call already, where the command line is
// known: of the refusal of a call that takes over its connection the docker CLI prints no
// word, only its number.
func (k *Keeper) beforeAttach(r *http.Request, e checker.Endpoint) error {
	argv := argvOf(r.Context())
	at := slices.Index(argv, "attach")
	if at != 1 && (at != 2 || argv[1] != "container") || slices.ContainsFunc(argv, func(a string) bool { return strings.HasPrefix(a, "--no-stdin") }) {
		return nil
	}
	c, err := k.Daemon.ContainerInspect(r.Context(), e.Name)
	if err != nil || !c.Config.OpenStdin {
		return nil // there is nothing to type to: it is watched
	}
	return k.refuseContainer(r.Context(), c.ID)
}

func (k *Keeper) keepVolume(_ *http.Request, e checker.Endpoint) error {
	if _, was := k.Baseline.Volumes[e.Name]; was {
		return &Refusal{KeptVolume, e.Name}
	}
	return nil
}

// predefined are the networks that an engine keeps by itself, and says so.
var predefined = []string{"bridge", "host", "none", "nat"}

// keepNetwork asks the daemon what the name or the short id stands for, as it would.
func (k *Keeper) keepNetwork(r *http.Request, e checker.Endpoint) error {
	n, err := k.Daemon.NetworkInspect(r.Context(), e.Name, network.InspectOptions{})
	switch {
	case client.IsErrNotFound(err) || slices.Contains(predefined, n.Name):
		return nil // the daemon says so better
	case err != nil:
		return fmt.Errorf("finding out which network %s is: %w", e.Name, err)
	}
	if _, was := k.Baseline.Networks[n.ID]; was {
		return &Refusal{KeptNetwork, n.Name}
	}
	return nil
}

// keepMember refuses to connect or disconnect a container that was there.
func (k *Keeper) keepMember(r *http.Request, _ checker.Endpoint) error {
	var body struct{ Container string }
	if err := readBody(r, &body); err != nil || body.Container == "" {
		return err
	}
	return k.refuseContainer(r.Context(), body.Container)
}

// keepCluster leaves it to a daemon without a swarm to say so.
func (k *Keeper) keepCluster(r *http.Request, e checker.Endpoint) error {
	info, err := k.Daemon.Info(r.Context())
	switch {
	case err != nil:
		return fmt.Errorf("finding out whether there is a swarm: %w", err)
	case info.Swarm.LocalNodeState == swarm.LocalNodeStateInactive:
		return nil
	}
	return &Refusal{KeptCluster, cmp.Or(e.Name, "swarm")}
}

func (k *Keeper) keepPlugin(r *http.Request, e checker.Endpoint) error {
	_, _, err := k.Daemon.PluginInspectWithRaw(r.Context(), e.Name)
	switch {
	case client.IsErrNotFound(err):
		return nil // the daemon says so better
	case err != nil:
		return fmt.Errorf("finding out which plugin %s is: %w", e.Name, err)
	}
	return &Refusal{KeptCluster, e.Name}
}

// labelBody adds the label to what is created, and leaves the rest of the body as it is.
func (k *Keeper) labelBody(r *http.Request, _ checker.Endpoint) error {
	var body map[string]json.RawMessage
	if err := readBody(r, &body); err != nil || body == nil {
		return err
	}
	labels := map[string]string{}
	if text, ok := body["Labels"]; ok && json.Unmarshal(text, &labels) != nil {
		return nil // the daemon says so better
	}
	body["Labels"] = k.labelled(labels)
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("labelling what is created: %w", err)
	}
	setBody(r, text)
	return nil
}

// labelled adds the lab's label to those that were asked for.
func (k *Keeper) labelled(labels map[string]string) json.RawMessage {
	if labels == nil {
		labels = map[string]string{}
	}
	key, value, _ := strings.Cut(k.Label, "=")
	labels[key] = value
	text, _ := json.Marshal(labels)
	return text
}

// noteVolumes tells of the volumes that came with a new container: they carry no label.
// One that is older than the container was made elsewhere.
func (k *Keeper) noteVolumes(r *http.Request, body []byte) []byte {
	var created struct{ Id string }
	if json.Unmarshal(body, &created) != nil || k.Made == nil {
		return body
	}
	c, err := k.Daemon.ContainerInspect(r.Context(), created.Id)
	if err != nil {
		return body
	}
	born, err := time.Parse(time.RFC3339Nano, c.Created)
	for _, m := range c.Mounts {
		if _, was := k.Baseline.Volumes[m.Name]; m.Type != mount.TypeVolume || was || err != nil {
			continue
		}
		v, inspectErr := k.Daemon.VolumeInspect(r.Context(), m.Name)
		made, timeErr := time.Parse(time.RFC3339, v.CreatedAt)
		if inspectErr == nil && timeErr == nil && !made.Before(born.Truncate(time.Second)) {
			k.Made("volume", m.Name)
		}
	}
	return body
}

func setQuery(r *http.Request, key, value string) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return
	}
	q.Set(key, value)
	r.URL.RawQuery = q.Encode()
}
