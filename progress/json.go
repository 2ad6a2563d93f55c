package progress

import (
	"bytes"
	"encoding/json"
)

// parse reads a record, or tells why it cannot: kind is "" if it can.
func parse(raw []byte) (r Record, kind Kind) {
	err := json.Unmarshal(raw, &r)
	if err == nil && r.Format == Format {
		return r, ""
	}
	var head struct { // a newer file may hold anything, but always this
		Format int `json:"format"`
	}
	if err := json.Unmarshal(raw, &head); err == nil && head.Format > Format {
		return Record{}, Newer
	}
	return Record{}, Damaged
}

// origin is a file before a change: all that it said, and what this build knew of
// it. The difference was written by another build of the same format, and is kept;
// except inside single answers. The zero origin has no difference.
type origin struct{ all, known map[string]any }

// originOf gives the origin of r, which was read from raw.
func originOf(raw []byte, r Record) (origin, error) {
	if raw == nil {
		return origin{}, nil
	}
	same, err := encode(r, origin{})
	if err != nil || bytes.Equal(raw, same) {
		return origin{}, err
	}
	all, err := tree(raw)
	if err != nil {
		return origin{}, err
	}
	known, err := tree(same)
	return origin{all, known}, err
}

// encode writes a record, with what others added to the file that it came from.
func encode(r Record, from origin) ([]byte, error) {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil || from.all == nil {
		return append(data, '\n'), err
	}
	t, err := tree(data)
	if err != nil {
		return nil, err
	}
	keep(t, from.all, from.known)
	data, err = json.MarshalIndent(t, "", " ")
	return append(data, '\n'), err
}

// keep adds to t what all has and known has not, wherever t still has the object
// that it stands in.
func keep(t, all, known map[string]any) {
	for key, said := range all {
		understood, wasKnown := known[key]
		if _, set := t[key]; !set && !wasKnown {
			t[key] = said
			continue
		}
		inT, ok1 := t[key].(map[string]any)
		inAll, ok2 := said.(map[string]any)
		inKnown, ok3 := understood.(map[string]any)
		if ok1 && ok2 && ok3 {
			keep(inT, inAll, inKnown)
		}
	}
}

// tree gives a JSON object as maps; numbers stay as they are written.
func tree(data []byte) (t map[string]any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return t, d.Decode(&t)
}
