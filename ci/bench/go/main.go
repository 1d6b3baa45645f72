// The same work as the project's own benchmarks, done with Go's crypto/x509: parse the certificates of a PEM file, and
// issue distinct P-256 client certificates under one CA. Prints "parse N" and "create N", in certificates a second.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"time"
)

const seconds = 2 * time.Second

// rate calls work, which does `count` pieces at a time, for about two seconds.
func rate(count int, work func() error) (float64, error) {
	start := time.Now()
	done := 0
	for time.Since(start) < seconds {
		if err := work(); err != nil {
			return 0, err
		}
		done += count
	}
	return float64(done) / time.Since(start).Seconds(), nil
}

func parse(path string) (float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var ders [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if _, err := x509.ParseCertificate(block.Bytes); err == nil {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 {
		return 0, fmt.Errorf("%s holds no certificate that Go can parse", path)
	}
	return rate(len(ders), func() error {
		for _, der := range ders {
			if _, err := x509.ParseCertificate(der); err != nil {
				return err
			}
		}
		return nil
	})
}

func create() (float64, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return 0, err
	}
	name := func(text string) pkix.Name {
		return pkix.Name{Organization: []string{"mtls-gauntlet TEST DO NOT TRUST"}, CommonName: text}
	}
	issuer := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name("root"), SubjectKeyId: make([]byte, 20)}
	serial := int64(1)
	return rate(1, func() error {
		serial++
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(serial),
			Subject:      name("leaf"),
			NotBefore:    time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
			NotAfter:     time.Date(2119, 12, 31, 23, 59, 59, 0, time.UTC),
			KeyUsage:     x509.KeyUsageDigitalSignature,
			ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			SubjectKeyId: make([]byte, 20),
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, issuer, key.Public(), key)
		if err == nil && len(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) == 0 {
			err = fmt.Errorf("empty PEM")
		}
		return err
	})
}

func main() {
	parsed, err := parse(os.Args[1])
	if err == nil {
		fmt.Printf("parse %.0f\n", parsed)
		var created float64
		created, err = create()
		fmt.Printf("create %.0f\n", created)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
