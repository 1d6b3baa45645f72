import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which of our reasons an exception of a trust manager stands for: by its type and reason, where those tell, else by its text. */
final class Reasons {
    private static final List<String> NO_TRUSTED_ISSUER = List.of(
            "issuer-not-found", "local-issuer-not-found", "issuer-not-found-leaf-only", "self-signed",
            "self-signed-in-chain");
    /** Bouncy Castle says so, too, when it found the issuer by name and the issuer's key does not fit the signature. */
    private static final List<String> NO_ISSUER_THAT_VERIFIES = List.of(
            "issuer-not-found", "local-issuer-not-found", "issuer-not-found-leaf-only", "self-signed",
            "self-signed-in-chain", "signature-invalid");
    private static final List<String> WEAK = List.of("digest-too-weak", "ee-key-too-weak", "ca-key-too-weak");

    private static final Map<CertPathValidatorException.Reason, List<String>> BY_REASON = Map.of(
            BasicReason.EXPIRED, List.of("expired"),
            BasicReason.NOT_YET_VALID, List.of("not-yet-valid"),
            BasicReason.INVALID_SIGNATURE, List.of("signature-invalid"),
            BasicReason.ALGORITHM_CONSTRAINED, WEAK,
            PKIXReason.NOT_CA_CERT, List.of("invalid-ca"),
            PKIXReason.PATH_TOO_LONG, List.of("path-length-exceeded"),
            PKIXReason.INVALID_KEY_USAGE, List.of("no-cert-sign"),
            PKIXReason.UNRECOGNIZED_CRIT_EXT, List.of("critical-extension"),
            PKIXReason.INVALID_NAME, List.of("permitted-subtree", "excluded-subtree"),
            PKIXReason.NO_TRUST_ANCHOR, NO_TRUSTED_ISSUER);

    /** In the JDK's words and Bouncy Castle's, lower-case; the first that occurs counts. */
    private static final List<Map.Entry<String, List<String>>> BY_TEXT = List.of(
            Map.entry("extended key usage does not permit", List.of("purpose-client-auth")),
            Map.entry("keyusage does not allow digital signatures", List.of("purpose-client-auth")),
            Map.entry("'digitalsignature' keyusage", List.of("purpose-client-auth")),
            Map.entry("extendedkeyusage", List.of("purpose-client-auth")),
            Map.entry("end entity certificate extension check failed", List.of("purpose-client-auth")),
            Map.entry("unsupported extendedkeyusage", List.of("purpose-client-auth")),
            Map.entry("no issuer certificate", NO_ISSUER_THAT_VERIFIES),
            Map.entry("unable to find valid certification path", NO_TRUSTED_ISSUER),
            Map.entry("unable to find certificate chain", NO_TRUSTED_ISSUER),
            Map.entry("trust anchor for certification path not found", NO_TRUSTED_ISSUER),
            Map.entry("max path length", List.of("path-length-exceeded")),
            Map.entry("pathlenconstraint", List.of("path-length-exceeded")),
            Map.entry("not a ca certificate", List.of("invalid-ca")),
            Map.entry("lacks basicconstraints", List.of("invalid-ca")),
            Map.entry("basic constraints", List.of("invalid-ca")),
            Map.entry("keyusage", List.of("no-cert-sign")),
            Map.entry("no installed provider supports this key",
                    List.of("issuer-key-unreadable", "signature-algorithm-mismatch")),
            Map.entry("signature not available", List.of("signature-algorithm-unknown")),
            Map.entry("signature algorithm could not be determined", List.of("signature-algorithm-unknown")),
            Map.entry("signature", List.of("signature-invalid")));

    private Reasons() {}

    static List<String> of(Throwable error) {
        Set<String> found = new LinkedHashSet<>();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                found.add("expired");
            } else if (cause instanceof CertificateNotYetValidException) {
                found.add("not-yet-valid");
            } else if (cause instanceof CertPathValidatorException) {
                found.addAll(BY_REASON.getOrDefault(((CertPathValidatorException) cause).getReason(), List.of()));
            }
        }
        if (found.isEmpty()) {
            StringBuilder all = new StringBuilder();
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                all.append(cause.getMessage()).append('\n');
            }
            String text = all.toString().toLowerCase(Locale.ROOT);
            BY_TEXT.stream().filter(row -> text.contains(row.getKey())).findFirst()
                    .ifPresent(row -> found.addAll(row.getValue()));
        }
        return new ArrayList<>(found);
    }
}
