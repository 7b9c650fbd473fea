// Command pack puts a folder into an archive whose bytes depend on nothing but
// the names and the contents of its files: no times, owners or order of a disk.
//
//	go run .ci/pack/main.go FOLDER ARCHIVE.tar.gz|ARCHIVE.zip
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// when is the time of every file. Zip knows none before 1980.
var when = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: pack FOLDER ARCHIVE")
	}
	if err := pack(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func pack(folder, archive string) (failed error) {
	out, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer func() { failed = errors.Join(failed, out.Close()) }()
	if strings.HasSuffix(archive, ".zip") {
		w := zip.NewWriter(out)
		err := each(folder, func(name string, mode fs.FileMode, content []byte) error {
			h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: when}
			h.SetMode(mode)
			f, err := w.CreateHeader(h)
			if err == nil {
				_, err = f.Write(content)
			}
			return err
		})
		return errors.Join(err, w.Close())
	}
	zipped, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(zipped)
	err = each(folder, func(name string, mode fs.FileMode, content []byte) error {
		h := &tar.Header{Name: name, Mode: int64(mode), Size: int64(len(content)), ModTime: when, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		_, err := w.Write(content)
		return err
	})
	return errors.Join(err, w.Close(), zipped.Close())
}

// each calls add with the files of a folder, by name, the folder's own in front.
func each(folder string, add func(name string, mode fs.FileMode, content []byte) error) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := root.Open(name)
		if err != nil {
			return err
		}
		content, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if base := path.Base(name); base == "layersim" || base == "layersim.exe" {
			mode = 0o755
		}
		return add(path.Join(filepath.Base(folder), name), mode, content)
	})
}
