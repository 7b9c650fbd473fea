package main

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// licences lists the modules in the binary on any platform, and Go's own library,
// with the texts that their licences want to go along. It is written by
//
//	go test ./cmd/layersim -run Licences -update
//
//go:embed licences.txt
var licences string

func newLicencesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "licences",
		Aliases: []string{"licenses"},
		Short:   "Print the licences of what layersim is built from",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), licences)
			return err
		},
	}
}
