// go-peer WORK SECONDS FOLDER: the same work with Go's crypto/x509, in pieces a second.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// ders gives the certificates of a PEM file of the folder that Go can parse.
func ders(folder, name string) ([][]byte, error) {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if _, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, block.Bytes)
		}
	}
	if len(all) == 0 {
		return nil, errors.New(name + " holds no certificate that Go can parse")
	}
	return all, nil
}

func parse(folder string) (func() error, error) {
	all, err := ders(folder, "roots.pem")
	next := 0
	return func() error {
		next++
		_, err := x509.ParseCertificate(all[next%len(all)])
		return err
	}, err
}

func create(fresh bool) (func() error, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	name := func(text string) pkix.Name {
		return pkix.Name{Organization: []string{"mtls-gauntlet TEST DO NOT TRUST"}, CommonName: text}
	}
	issuer := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name("root"), SubjectKeyId: make([]byte, 20)}
	serial := int64(1)
	return func() error {
		subjectKey := key
		if fresh {
			var err error
			if subjectKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
				return err
			}
		}
		serial++
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(serial),
			Subject:      name("leaf-" + strconv.FormatInt(serial, 10)),
			NotBefore:    time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
			NotAfter:     time.Date(2119, 12, 31, 23, 59, 59, 0, time.UTC),
			KeyUsage:     x509.KeyUsageDigitalSignature,
			ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			SubjectKeyId: make([]byte, 20),
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, issuer, subjectKey.Public(), caKey)
		if err == nil && len(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) == 0 {
			err = errors.New("empty PEM")
		}
		return err
	}, err
}

func verify(folder string) (func() error, error) {
	bundle, err := os.ReadFile(filepath.Join(folder, "bundle.pem"))
	if err != nil {
		return nil, err
	}
	chain, err := os.ReadFile(filepath.Join(folder, "client.pem"))
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(bundle) {
		return nil, errors.New("bundle.pem holds no certificate")
	}
	return func() error {
		var leaf *x509.Certificate
		intermediates := x509.NewCertPool()
		for block, rest := pem.Decode(chain); block != nil; block, rest = pem.Decode(rest) {
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return err
			}
			if leaf == nil {
				leaf = certificate
			} else {
				intermediates.AddCert(certificate)
			}
		}
		_, err := leaf.Verify(x509.VerifyOptions{
			Roots:         roots,
			Intermediates: intermediates,
			CurrentTime:   time.Unix(1767225600, 0),
			KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
		return err
	}, err
}

func run() error {
	if len(os.Args) != 4 {
		return errors.New("usage: go-peer WORK SECONDS FOLDER")
	}
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	if err != nil {
		return err
	}
	var work func() error
	switch os.Args[1] {
	case "create":
		work, err = create(false)
	case "create-with-key":
		work, err = create(true)
	case "parse":
		work, err = parse(os.Args[3])
	case "verify":
		work, err = verify(os.Args[3])
	default:
		err = errors.New("no work " + os.Args[1])
	}
	done := 0
	start := time.Now()
	for err == nil && time.Since(start).Seconds() < seconds {
		for i := 0; err == nil && i < 16; i++ {
			err = work()
		}
		done += 16
	}
	if err == nil {
		fmt.Printf("%.1f\n", float64(done)/time.Since(start).Seconds())
	}
	return err
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "go-peer:", err)
		os.Exit(1)
	}
}
