import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The adapter protocol for a provider of JSSE: every certificate of the file, read by CertificateFactory, is a trust
 * anchor, as every entry of a trust store is, and the chain goes to checkClientTrusted of the trust manager "PKIX", which
 * is what an SSLEngine asks. The parameters carry what a trust store cannot: the time, and the length of a path.
 */
final class JsseAdapter {
    private static final int DEPTH = 10;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private final String name;
    private final String version;
    private final List<String> features;
    private final CertificateFactory certificates;
    private final Provider trust;

    JsseAdapter(String name, String version, List<String> features, Provider x509, Provider trust)
            throws GeneralSecurityException {
        this.name = name;
        this.version = version;
        this.features = features;
        this.certificates = CertificateFactory.getInstance("X.509", x509);
        this.trust = trust;
    }

    void run() throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        JsonObject hello = new JsonObject();
        hello.addProperty("protocol", 1);
        hello.addProperty("name", name);
        hello.addProperty("version", version);
        hello.add("features", GSON.toJsonTree(features));
        out.println(GSON.toJson(hello));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(GSON.toJson(answer(GSON.fromJson(line, JsonObject.class))));
        }
    }

    private JsonObject answer(JsonObject test) {
        JsonObject out = new JsonObject();
        out.add("id", test.get("id"));
        out.addProperty("raw", "");
        Collection<X509Certificate> trusted = List.of();
        if (test.has("bundle")) {
            try {
                trusted = load(Base64.getDecoder().decode(test.get("bundle").getAsString()));
                out.add("upload", upload("accepted", trusted.isEmpty() ? "0 certificates" : ""));
            } catch (CertificateException | RuntimeException error) {
                out.add("upload", upload("rejected", textOf(error)));
                return out;
            }
        }
        if (test.has("client")) {
            handshake(test.getAsJsonObject("client"), trusted, Instant.parse(test.get("time").getAsString()), out);
        }
        return out;
    }

    private static JsonObject upload(String result, String raw) {
        JsonObject upload = new JsonObject();
        upload.addProperty("result", result);
        upload.addProperty("raw", raw);
        return upload;
    }

    private Collection<X509Certificate> load(byte[] bundle) throws CertificateException {
        List<X509Certificate> read = new ArrayList<>();
        for (Certificate certificate : certificates.generateCertificates(new ByteArrayInputStream(bundle))) {
            read.add((X509Certificate) certificate);
        }
        return read;
    }

    private void handshake(JsonObject client, Collection<X509Certificate> trusted, Instant now, JsonObject out) {
        String pem = client.has("chain") ? client.get("chain").getAsString() : "";
        List<byte[]> chain = new ArrayList<>();
        for (Matcher block = BLOCK.matcher(pem); block.find(); ) {
            chain.add(Base64.getMimeDecoder().decode(block.group(1)));
        }
        if (hasOptionsOfGateway(client.getAsJsonObject("options"))) {
            say(out, "unsupported", "an option of the gateway");
        } else if (chain.isEmpty()) {
            say(out, "NONE", "");
        } else if (trusted.isEmpty()) {
            say(out, "FAILED", "InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty");
        } else {
            verify(chain, trusted, now, out);
        }
    }

    private static boolean hasOptionsOfGateway(JsonObject options) {
        return options.get("verifyClientCertIssuerDN").getAsBoolean()
                || !options.get("verifyClientAuthMode").getAsString().equals("Strict")
                || !options.get("verifyClientRevocation").getAsString().equals("None");
    }

    private void verify(List<byte[]> ders, Collection<X509Certificate> trusted, Instant now, JsonObject out) {
        X509Certificate[] chain = new X509Certificate[ders.size()];
        try {
            for (int i = 0; i < chain.length; i++) {
                ByteArrayInputStream der = new ByteArrayInputStream(ders.get(i));
                chain[i] = (X509Certificate) certificates.generateCertificate(der);
                if (der.available() > 0) {
                    throw new CertificateException("bytes after the certificate");
                }
            }
        } catch (CertificateException | RuntimeException error) {
            say(out, "ABORTED", textOf(error));
            return;
        }
        try {
            trustManager(trusted, now).checkClientTrusted(chain, "UNKNOWN");
            say(out, "SUCCESS", "");
        } catch (GeneralSecurityException | RuntimeException error) {
            say(out, "FAILED", textOf(error));
            JsonArray reasons = GSON.toJsonTree(Reasons.of(error)).getAsJsonArray();
            out.add("reason", reasons);
        }
    }

    private X509TrustManager trustManager(Collection<X509Certificate> trusted, Instant now)
            throws GeneralSecurityException {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate certificate : trusted) {
            anchors.add(new TrustAnchor(certificate, null));
        }
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        parameters.setMaxPathLength(DEPTH);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX", trust);
        factory.init(new CertPathTrustManagerParameters(parameters));
        return (X509TrustManager)
                Arrays.stream(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance).findFirst().get();
    }

    private static void say(JsonObject out, String handshake, String raw) {
        out.addProperty("handshake", handshake);
        out.addProperty("raw", raw);
    }

    /** The innermost cause says what happened; the outer ones only that something did. */
    private static String textOf(Throwable error) {
        Throwable inner = error;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        String text = error.toString();
        if (inner != error && !text.contains(String.valueOf(inner.getMessage()))) {
            text += ": " + inner;
        }
        return text.length() > 1000 ? text.substring(0, 1000) : text;
    }
}
