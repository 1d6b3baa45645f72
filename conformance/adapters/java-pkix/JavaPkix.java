import java.security.Security;
import java.util.List;

/** The JDK's own providers: SUN reads certificates, SunJSSE has the trust manager. */
final class JavaPkix {
    private JavaPkix() {}

    public static void main(String[] arguments) throws Exception {
        List<String> features = List.of(
                "clock", "ed25519", "ed448", "malformed-client-certificate", "p521", "rsa-pss", "sha1", "weak-key");
        String version = System.getProperty("java.version");
        new JsseAdapter("java-pkix", version, features, Security.getProvider("SUN"), Security.getProvider("SunJSSE"))
                .run();
    }
}
