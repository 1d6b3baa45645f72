// Go's crypto/x509 as servers with tls.Config.ClientCAs use it: the file goes to CertPool.AppendCertsFromPEM, the chain
// through Certificate.Verify with the options that crypto/tls gives it for a client. Only the standard library is used.
package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

type testCase struct {
	ID     string  `json:"id"`
	Bundle *[]byte `json:"bundle"` // base64 in JSON
	Client *struct {
		Chain   *string `json:"chain"`
		Options struct {
			VerifyClientCertIssuerDN bool   `json:"verifyClientCertIssuerDN"`
			VerifyClientAuthMode     string `json:"verifyClientAuthMode"`
			VerifyClientRevocation   string `json:"verifyClientRevocation"`
		} `json:"options"`
	} `json:"client"`
	Time time.Time `json:"time"`
}

type upload struct {
	Result string `json:"result"`
	Raw    string `json:"raw"`
}

type answer struct {
	ID        string   `json:"id"`
	Upload    *upload  `json:"upload,omitempty"`
	Handshake string   `json:"handshake,omitempty"`
	Reason    []string `json:"reason,omitempty"`
	Raw       string   `json:"raw"`
}

var noTrustedIssuer = []string{
	"issuer-not-found", "local-issuer-not-found", "issuer-not-found-leaf-only", "self-signed", "self-signed-in-chain",
}

// An unknown authority is also what Go says when each candidate issuer was tried and failed; its hint then tells why.
func reasonsOf(err error, now time.Time) []string {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var critical x509.UnhandledCriticalExtension
	var insecure x509.InsecureAlgorithmError
	switch {
	case errors.As(err, &critical):
		return []string{"critical-extension"}
	case errors.As(err, &insecure):
		return []string{"digest-too-weak"}
	case errors.As(err, &unknown):
		return unknownAuthorityReasons(err.Error())
	case !errors.As(err, &invalid):
		return nil
	}
	switch invalid.Reason {
	case x509.Expired: // before and after alike
		if now.Before(invalid.Cert.NotBefore) {
			return []string{"not-yet-valid"}
		}
		return []string{"expired"}
	case x509.NotAuthorizedToSign:
		return []string{"invalid-ca", "no-cert-sign"}
	case x509.TooManyIntermediates:
		return []string{"path-length-exceeded"}
	case x509.IncompatibleUsage:
		return []string{"purpose-client-auth"}
	case x509.CANotAuthorizedForThisName, x509.NameConstraintsWithoutSANs, x509.UnconstrainedName:
		return []string{"permitted-subtree", "excluded-subtree"}
	case x509.TooManyConstraints:
		return []string{"name-constraint-syntax"}
	case x509.CANotAuthorizedForExtKeyUsage:
		return []string{"purpose-client-auth"}
	}
	return chainsReasons(invalid.Detail) // x509.NoValidChains, which Go has from 1.24
}

func unknownAuthorityReasons(text string) []string {
	switch {
	case strings.Contains(text, "insecure algorithm"):
		return []string{"digest-too-weak"}
	case strings.Contains(text, "algorithm unimplemented"):
		return []string{"digest-too-weak", "signature-algorithm-unknown"}
	case strings.Contains(text, "cannot sign this kind of certificate"):
		return []string{"invalid-ca", "no-cert-sign"}
	case strings.Contains(text, "verification failure") || strings.Contains(text, "verification error"):
		return []string{"signature-invalid"}
	}
	return noTrustedIssuer
}

func chainsReasons(detail string) []string {
	if strings.Contains(detail, "incompatible key usage") {
		return []string{"purpose-client-auth"}
	}
	return nil
}

// loadBundle also says why AppendCertsFromPEM skipped what it skipped, since that function does not.
func loadBundle(bundle []byte) (*x509.CertPool, *upload) {
	pool := x509.NewCertPool()
	var skipped []string
	for rest := bundle; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" || len(block.Headers) != 0 {
			skipped = append(skipped, "skipped a block labelled "+block.Type)
		} else if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			skipped = append(skipped, "skipped: "+err.Error())
		}
	}
	if !pool.AppendCertsFromPEM(bundle) {
		return pool, &upload{"rejected", strings.Join(append(skipped, "AppendCertsFromPEM: false"), "; ")}
	}
	return pool, &upload{"accepted", strings.Join(skipped, "; ")}
}

// verify is the part of crypto/tls that checks a client's certificates (handshake_server.go, processCertsFromClient).
func verify(chain [][]byte, pool *x509.CertPool, now time.Time, out *answer) {
	var certificates []*x509.Certificate
	for _, der := range chain {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			out.Handshake, out.Raw = "ABORTED", err.Error()
			return
		}
		certificates = append(certificates, certificate)
	}
	options := x509.VerifyOptions{
		Roots:         pool,
		CurrentTime:   now,
		Intermediates: x509.NewCertPool(),
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for _, certificate := range certificates[1:] {
		options.Intermediates.AddCert(certificate)
	}
	if _, err := certificates[0].Verify(options); err != nil {
		out.Handshake, out.Raw = "FAILED", err.Error()
		out.Reason = reasonsOf(err, now)
		return
	}
	out.Handshake = "SUCCESS"
}

// chainOf takes the PEM framing off a client's chain: what travels is DER.
func chainOf(text string) [][]byte {
	var chain [][]byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return chain
		}
		chain = append(chain, block.Bytes)
	}
}

func respond(c *testCase) answer {
	out := answer{ID: c.ID}
	pool := x509.NewCertPool()
	if c.Bundle != nil {
		pool, out.Upload = loadBundle(*c.Bundle)
	}
	if c.Client == nil || (out.Upload != nil && out.Upload.Result == "rejected") {
		return out
	}
	options := c.Client.Options
	if options.VerifyClientCertIssuerDN || options.VerifyClientAuthMode == "Passthrough" ||
		options.VerifyClientRevocation == "OCSP" {
		out.Handshake, out.Raw = "unsupported", "an option of the gateway"
		return out
	}
	if c.Client.Chain == nil {
		out.Handshake = "NONE"
		return out
	}
	chain := chainOf(*c.Client.Chain)
	if len(chain) == 0 {
		out.Handshake = "NONE"
		return out
	}
	verify(chain, pool, c.Time, &out)
	return out
}

func main() {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	features := []string{"clock", "ed25519", "malformed-client-certificate", "p521", "rsa-pss", "sha1", "weak-key"}
	out.Encode(map[string]any{
		"protocol": 1, "name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "features": features,
	})
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var c testCase
			if err := json.Unmarshal(line, &c); err != nil {
				fmt.Fprintln(os.Stderr, "adapter:", err)
				os.Exit(2)
			}
			out.Encode(respond(&c))
		}
		if err != nil {
			return
		}
	}
}
