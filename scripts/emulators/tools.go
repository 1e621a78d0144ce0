//go:build tools

// Names what is built, so that go.mod and go.sum pin it.
package tools

import _ "github.com/goccy/bigquery-emulator/cmd/bigquery-emulator"
