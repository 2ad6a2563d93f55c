# Two commands do everything: make start and make test.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)
BIN := bin/docker-tutor

.PHONY: start build test bench prepare schema install clean

## start: prepare this machine and open the tutor (without a terminal, play a lesson)
start: build
	@$(BIN) prepare
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN); else $(BIN) demo images; fi

## build: make the one static binary
build:
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.released=$(VERSION)" -o $(BIN) ./cmd/docker-tutor

## test: run every test on the Docker Engine at hand, after the same preparation
test: build prepare
	go vet ./...
	go test -race -p 1 -count 1 -timeout 20m ./...
	$(BIN) author lint
	$(BIN) author test

# The shells that the lab speaks to are tested for real, all four of them.
prepare: build
	@$(BIN) prepare
	@for tool in bash zsh fish dash gcc; do \
	  command -v $$tool >/dev/null || missing="$$missing $$tool"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo -n); \
	  { $$sudo apt-get update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing libc6-dev; } >/dev/null || \
	  { echo "the tests need$$missing: install them, then try again" >&2; exit 1; }; \
	fi

## bench: measure what the learner waits for
bench: build prepare
	go test -run '^$$' -bench . -benchmem ./...

## schema: write lessons/lesson.schema.json from the Go types
schema: build
	$(BIN) author schema > lessons/lesson.schema.json

## install: make docker tutor work as a command of the docker CLI
install: build
	install -D -m 755 $(BIN) $${DOCKER_CONFIG:-$$HOME/.docker}/cli-plugins/docker-tutor

clean:
	rm -rf bin
