// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/libp2p/go-libp2p/core/crypto"
)

const keyFileMode fs.FileMode = 0o600

// More than any private key takes.
const keyBytesMax = 64 << 10

// The key of a file, or a new one; where the file is not there, it is made. Waku's peers have keys on secp256k1.
func loadIdentity(path string) (crypto.PrivKey, error) {
	if path == "" {
		return newIdentity()
	}
	key, err := readIdentity(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = newIdentity(); err != nil {
		return nil, err
	}
	switch err = writeIdentity(path, key); {
	case errors.Is(err, fs.ErrExist): // another process was faster
		return readIdentity(path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the key file %s cannot be made, since its folder is not there: make that first", path)
	case err != nil:
		return nil, fmt.Errorf("the key file %s cannot be made: %w", path, withoutPath(err))
	}
	return key, nil
}

func newIdentity() (crypto.PrivKey, error) {
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	return key, err
}

func readIdentity(path string) (crypto.PrivKey, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the key file %s cannot be read: %w", path, err)
	}
	defer file.Close()
	about, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("the key file %s cannot be read: %w", path, err)
	case !about.Mode().IsRegular():
		return nil, fmt.Errorf("the key file %s is not a file", path)
	case about.Mode().Perm() != keyFileMode:
		return nil, fmt.Errorf("the key file %s has mode %o; nobody but its owner may read it: chmod 600 %s", path,
			about.Mode().Perm(), path)
	}
	marshalled, err := io.ReadAll(io.LimitReader(file, keyBytesMax))
	if err != nil {
		return nil, fmt.Errorf("the key file %s cannot be read: %w", path, err)
	}
	key, err := crypto.UnmarshalPrivateKey(marshalled)
	if err != nil {
		return nil, fmt.Errorf("the file %s does not hold a key: give a key file, or a name where there is no file yet", path)
	}
	return key, nil
}

// What the system said, without the name of the file, which is a temporary one.
func withoutPath(err error) error {
	var about *fs.PathError
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// The file appears under its name with all that it holds, or not at all.
func writeIdentity(path string, key crypto.PrivKey) error {
	marshalled, err := crypto.MarshalPrivateKey(key)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(marshalled)
	err = errors.Join(err, file.Chmod(keyFileMode), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Link(file.Name(), path)
}
