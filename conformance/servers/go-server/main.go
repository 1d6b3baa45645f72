// An HTTPS server with client certificates as Go programs are written: tls.RequireAndVerifyClientCert and a CertPool,
// here one for each server name (GetConfigForClient). The arguments are its configuration (JSON) and, to load the trust
// files and serve nothing, -check.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

type configuration struct {
	Certificate string            `json:"certificate"`
	Key         string            `json:"key"`
	Address     string            `json:"address"`
	Sites       map[string]string `json:"sites"` // server name -> trust file
	Resume      bool              `json:"resume"`
}

func poolOf(file string) (*x509.CertPool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("AppendCertsFromPEM: false")
	}
	return pool, nil
}

func read(file string) configuration {
	var c configuration
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		log.Fatal(err)
	}
	return c
}

// check prints, for each site that is refused, its name and why.
func check(c configuration) {
	refused := map[string]string{}
	for name, file := range c.Sites {
		if _, err := poolOf(file); err != nil {
			refused[name] = err.Error()
		}
	}
	json.NewEncoder(os.Stdout).Encode(refused)
}

func serve(c configuration) {
	certificate, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		log.Fatal(err)
	}
	base := &tls.Config{Certificates: []tls.Certificate{certificate}, SessionTicketsDisabled: !c.Resume}
	configs := map[string]*tls.Config{}
	for name, file := range c.Sites {
		pool, err := poolOf(file)
		if err != nil {
			log.Fatalf("%s: %v", file, err)
		}
		configs[name] = base.Clone()
		configs[name].ClientAuth = tls.RequireAndVerifyClientCert
		configs[name].ClientCAs = pool
	}
	base.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return configs[hello.ServerName], nil // nil: base
	}
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		TLSConfig: base,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			protocol := map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}[r.TLS.Version]
			log.Printf("VERDICT %s %s", r.RemoteAddr, protocol)
		}),
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		server.Close()
	}()
	if err := server.ServeTLS(listener, "", ""); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	switch {
	case len(os.Args) == 2 && os.Args[1] == "-version":
		fmt.Println(runtime.Version())
	case len(os.Args) == 3 && os.Args[2] == "-check":
		check(read(os.Args[1]))
	case len(os.Args) == 2:
		serve(read(os.Args[1]))
	default:
		log.Fatal("usage: server CONFIGURATION.json [-check] | -version")
	}
}
