package checker

import (
	"testing"

	"docker-tutor/lessons"
)

func ofVolume(v lessons.Volume) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Volume: &v}}
}

func ofNetwork(n lessons.Network) lessons.Check {
	return lessons.Check{ID: "check", Statement: lessons.Statement{Network: &n}}
}

const (
	makeVolume  = "docker volume create dt-data\n"
	makeNetwork = "docker network create dt-net\n"
)

func volumeTurns() []wrongTurn {
	data := lessons.Volume{Name: "dt-data"}
	absent := lessons.Volume{Name: "dt-data", State: "absent"}
	mounted := lessons.Volume{Name: "dt-data", MountedBy: map[string]string{"dt-web": "/data"}}
	labelled := lessons.Volume{Name: "dt-data", Labels: map[string]string{"team": "amber"}}
	return []wrongTurn{
		{want: "volume-missing", check: ofVolume(data), far: true, look: "docker volume ls"},
		{want: "volume-name-typo", run: "docker volume create dt-dtaa", check: ofVolume(data), args: args{"found": "dt-dtaa"}},
		{name: "made by a mount", want: "volume-name-typo", run: create("-v dt-dat:/data"), check: ofVolume(data)},
		{want: "volume-without-name", run: "docker volume create --label dt-lab=1 >name; cat name", check: ofVolume(data)},
		{want: "volume-existed-before", before: makeVolume, check: ofVolume(data), far: true},
		{want: "volume-made-anew", setup: makeVolume, run: "docker volume rm dt-data\n" + makeVolume, check: keep(ofVolume(data))},
		{want: "volume-is-gone", run: makeVolume + "docker volume rm dt-data", check: ofVolume(data)},
		{want: "volume-still-there", setup: makeVolume, check: ofVolume(absent), far: true},
		{want: "volume-still-used", setup: create("-v dt-data:/data") + "; docker start dt-web", run: "docker stop -t 0 dt-web; docker volume rm dt-data", check: ofVolume(absent), args: args{"container": "dt-web"}},
		{want: "volume-never-there", check: ofVolume(absent), far: true},
		{want: "volume-other-driver", run: makeVolume, check: ofVolume(lessons.Volume{Name: "dt-data", Driver: "nfs"}), args: args{"found": "local"}},
		{want: "volume-label-missing", run: makeVolume, check: ofVolume(labelled)},
		{want: "volume-other-label", run: "docker volume create --label team=olive dt-data", check: ofVolume(labelled), args: args{"found": "olive"}},
		{want: "volume-not-mounted", run: makeVolume + create(""), check: ofVolume(mounted), args: args{"container": "dt-web"}},
		{want: "volume-mounted-elsewhere", run: create("-v dt-data:/dta"), check: ofVolume(mounted), args: args{"found": "/dta"}},
	}
}

func networkTurns() []wrongTurn {
	yes, no := true, false
	net := lessons.Network{Name: "dt-net"}
	absent := lessons.Network{Name: "dt-net", State: "absent"}
	with := lessons.Network{Name: "dt-net", Members: []string{"dt-web"}}
	labelled := lessons.Network{Name: "dt-net", Labels: map[string]string{"team": "amber"}}
	return []wrongTurn{
		{want: "network-missing", check: ofNetwork(net), far: true},
		{want: "network-name-typo", run: "docker network create dt-nte", check: ofNetwork(net), args: args{"found": "dt-nte"}},
		{want: "network-existed-before", before: makeNetwork, check: ofNetwork(net), far: true},
		{want: "network-is-gone", run: makeNetwork + "docker network rm dt-net", check: ofNetwork(net)},
		{name: "left", want: "network-still-there", setup: makeNetwork + running("--network dt-net"), run: "docker rm -f dt-web", check: ofNetwork(absent), far: true},
		{want: "network-still-there", setup: makeNetwork, check: ofNetwork(absent), far: true},
		{want: "network-still-used", setup: makeNetwork + running("--network dt-net"), run: "docker kill -s HUP dt-web; docker network rm dt-net", check: ofNetwork(absent), args: args{"container": "dt-web"}},
		{want: "network-never-there", check: ofNetwork(absent), far: true},
		{want: "network-other-driver", run: makeNetwork, check: ofNetwork(lessons.Network{Name: "dt-net", Driver: "overlay"}), args: args{"found": "bridge"}},
		{want: "network-not-internal", run: makeNetwork, check: ofNetwork(lessons.Network{Name: "dt-net", Internal: &yes})},
		{want: "network-internal", run: "docker network create --internal dt-net", check: ofNetwork(lessons.Network{Name: "dt-net", Internal: &no})},
		{want: "network-other-subnet", run: "docker network create --subnet 10.213.7.0/24 dt-net", check: ofNetwork(lessons.Network{Name: "dt-net", Subnet: "10.213.8.0/24"}), args: args{"found": "10.213.7.0/24"}},
		{want: "network-label-missing", run: makeNetwork, check: ofNetwork(labelled)},
		{want: "network-other-label", run: "docker network create --label team=olive dt-net", check: ofNetwork(labelled)},
		{want: "network-lacks-member", run: makeNetwork + running(""), check: ofNetwork(with), args: args{"found": "bridge", "container": "dt-web"}},
		{want: "network-has-member", setup: makeNetwork + running("--network dt-net"), check: ofNetwork(lessons.Network{Name: "dt-net", NotMembers: []string{"dt-web"}})},
		{want: "network-lacks-alias", run: makeNetwork + running("--network dt-net"), check: ofNetwork(lessons.Network{Name: "dt-net", Aliases: map[string]string{"dt-web": "db"}})},
	}
}

func TestRightVolumesAndNetworks(t *testing.T) {
	yes := true
	mounted := lessons.Volume{Name: "dt-data", Driver: "local", MountedBy: map[string]string{"dt-web": "/data"}}
	gone := lessons.Volume{Name: "dt-data", State: "absent"}
	whole := lessons.Network{Name: "dt-net", Members: []string{"dt-web"}, NotMembers: []string{"dt-none"}, Aliases: map[string]string{"dt-web": "db"}}
	noNet := lessons.Network{Name: "dt-net", State: "absent"}
	testRightWays(t, []rightWay{
		{name: "volume", run: "docker volume create --label team=amber dt-data", check: ofVolume(lessons.Volume{Name: "dt-data", Labels: map[string]string{"team": "amber"}})},
		{name: "volume made by run", run: create("-v dt-data:/data/"), check: ofVolume(mounted)},
		{name: "volume made before its container", run: makeVolume + create("--mount src=dt-data,dst=/data"), check: ofVolume(mounted)},
		{name: "volume made anew", before: makeVolume, run: "docker volume rm dt-data;" + makeVolume, check: ofVolume(lessons.Volume{Name: "dt-data"})},
		{name: "volume gone", setup: makeVolume, run: "docker volume rm dt-data", check: ofVolume(gone)},
		{name: "volume gone with its container", run: create("-v dt-data:/data") + "; docker rm -v dt-web; docker volume rm dt-data", check: ofVolume(gone)},
		{name: "network", run: "docker network create --internal --subnet 10.213.9.0/24 dt-net", check: ofNetwork(lessons.Network{Name: "dt-net", Driver: "bridge", Internal: &yes, Subnet: "10.213.9.0/24"})},
		{name: "members by run", run: makeNetwork + running("--network dt-net --network-alias db"), check: ofNetwork(whole)},
		{name: "members by connect", run: makeNetwork + running("") + "; docker network connect --alias db dt-net dt-web; docker stop -t 0 dt-web", check: ofNetwork(whole)},
		{name: "network gone", setup: makeNetwork, run: "docker network rm dt-net", check: ofNetwork(noNet)},
		{name: "network made and gone", run: makeNetwork + "docker network rm dt-net", check: ofNetwork(noNet)},
	})
}
