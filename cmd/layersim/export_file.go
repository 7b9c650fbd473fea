package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"layersim/flow"
)

// deliver writes the document where it was asked for. recording is the file that
// it was made of.
func (x exporting) deliver(document []byte, recording string, out io.Writer) error {
	if x.out == "" || x.out == "-" {
		_, err := out.Write(document)
		return err
	}
	shown := flow.CleanLine(x.out, 200)
	there, err := os.Stat(x.out)
	if x.force && err == nil {
		from, err := os.Stat(recording)
		switch {
		case !there.Mode().IsRegular():
			return usagef("-o %s: this is no ordinary file, so --force does not replace it.", shown)
		case err == nil && os.SameFile(there, from):
			return usagef("-o %s: this is the recording itself. Choose another name.", shown)
		}
		return x.replace(document, shown)
	}
	file, err := os.OpenFile(x.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return usagef("-o %s: this file is there already. Choose another name, or --force to write over it.", shown)
	case err != nil:
		return x.refused(shown, err)
	}
	_, err = file.Write(document)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(x.refused(shown, err), os.Remove(x.out)) // half a document is none
	}
	return nil
}

// replace writes beside the file and puts it in its place, so that there is never
// half a document.
func (x exporting) replace(document []byte, shown string) error {
	place, err := filepath.EvalSymlinks(x.out)
	if err != nil {
		return x.refused(shown, err)
	}
	file, err := os.CreateTemp(filepath.Dir(place), ".layersim-export-*") // readable by its owner only
	if err != nil {
		return x.refused(shown, err)
	}
	_, err = file.Write(document)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), place)
	}
	if err != nil {
		return errors.Join(x.refused(shown, err), os.Remove(file.Name()))
	}
	return nil
}

func (x exporting) refused(shown string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("-o %s: there is no folder %s. Make it first.", shown, flow.CleanLine(filepath.Dir(x.out), 200))
	}
	if errors.Is(err, diskFull) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("-o %s: it cannot be written: %w. Make room, or choose another place", shown, reason(err))
	}
	return usagef("-o %s: it cannot be written: %w", shown, reason(err))
}
