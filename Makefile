# Two commands do everything: make start and make test.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)
BIN := bin/docker-tutor
BUILD = CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.released=$(VERSION)"

.PHONY: start build test engines engines-down test-engines bench prepare schema install clean

## start: prepare this machine and open the tutor (without a terminal, play a lesson)
start: build
	@$(BIN) prepare
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN); else $(BIN) demo images; fi

## build: make the one static binary
# In containers it is the lessons' registry: away from Linux, one for Linux lies beside it.
build:
	@$(BUILD) -o $(BIN) ./cmd/docker-tutor
	@[ "$$(go env GOOS)" = linux ] || GOOS=linux $(BUILD) -o $(BIN)-linux-$$(go env GOARCH) ./cmd/docker-tutor

## test: run every test on the Docker Engine at hand, after the same preparation
# INSIDE leads into another engine (test-engines sets it): a command that runs a command.
# MISTAKES=N has author test make at most N mistakes of each exercise; without it, all.
# A docker CLI without Compose, which some lessons need, gets it for the tests alone.
test: build prepare
	go vet ./...
	@set -e; \
	$(INSIDE) docker compose version >/dev/null 2>&1 || export DOCKER_CONFIG=$$(sandbox/engines/engine29 compose); \
	set -x; \
	go test -race -p 1 -count 1 -timeout 30m $(if $(INSIDE),-exec "$(INSIDE)") ./...; \
	$(INSIDE) $(BIN) author lint; \
	$(INSIDE) $(BIN) author test $(if $(MISTAKES),--mistakes $(MISTAKES))

## engines: start a private Docker Engine 29 beside the one at hand, and print what a shell must eval to use it
engines:
	@sandbox/engines/engine29 up
	@sandbox/engines/engine29 env

engines-down:
	@sandbox/engines/engine29 down

## test-engines: run every test on the Docker Engine at hand and on the private one (ENGINES=29: on that alone)
ENGINES := here 29
test-engines:
	@sandbox/engines/test $(ENGINES)

# The shells that the lab speaks to are tested for real, all four of them.
prepare: build
	@$(INSIDE) $(BIN) prepare
	@for tool in bash zsh fish dash gcc; do \
	  command -v $$tool >/dev/null || missing="$$missing $$tool"; \
	done; \
	command -v ssh >/dev/null || missing="$$missing openssh-client"; \
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
	@plugins=$${DOCKER_CONFIG:-$$HOME/.docker}/cli-plugins; set -x; \
	mkdir -p "$$plugins" && install -m 755 $(BIN) "$$plugins/docker-tutor"

clean:
	rm -rf bin
