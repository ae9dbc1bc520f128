// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/crypto/pb"
)

func TestAKeyFileIsMadeForItsOwnerAndReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	made, err := loadIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	about, err := os.Stat(path)
	if err != nil || about.Mode() != keyFileMode {
		t.Fatalf("mode %v, %v", about.Mode(), err)
	}
	read, err := loadIdentity(path)
	if err != nil || !read.Equals(made) || made.Type() != pb.KeyType_Secp256k1 {
		t.Fatalf("another key of type %v was read: %v", made.Type(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Fatalf("besides the key there are %v, %v", entries, err)
	}
	if other, err := loadIdentity(""); err != nil || other.Equals(made) {
		t.Fatalf("without a file: %v", err)
	}
}

func TestHostsThatStartAtOnceShareTheirKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	keys := make([]crypto.PrivKey, 8)
	var all sync.WaitGroup
	for index := range keys {
		all.Add(1)
		go func() {
			defer all.Done()
			var err error
			if keys[index], err = loadIdentity(path); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	for _, key := range keys[1:] {
		if key == nil || !key.Equals(keys[0]) {
			t.Fatal("there are several keys")
		}
	}
}

func TestAKeyFileThatOthersMayReadIsRefused(t *testing.T) {
	for _, mode := range []fs.FileMode{0o400, 0o604, 0o640, 0o644, 0o700, 0o666} {
		path := filepath.Join(t.TempDir(), "key")
		if _, err := loadIdentity(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := loadIdentity(path); err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestAKeyFileWithoutAKeyIsRefused(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string][]byte{
		"empty": nil, "text": []byte("a key"), "large": make([]byte, 2*keyBytesMax)} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, keyFileMode); err != nil {
			t.Fatal(err)
		}
		_, err := startHost(configure(t, `{"key_file": "`+path+`"}`), func(event) {})
		if err == nil || !strings.Contains(err.Error(), path+" does not hold") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for path, said := range map[string]string{
		folder: "is not a file", filepath.Join(folder, "no", "folder"): "its folder is not there: make that first"} {
		if _, err := loadIdentity(path); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
