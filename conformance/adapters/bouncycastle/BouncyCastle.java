import java.security.Security;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;

/** Bouncy Castle: BC reads certificates, BCJSSE has the trust manager. */
final class BouncyCastle {
    private BouncyCastle() {}

    public static void main(String[] arguments) throws Exception {
        List<String> features = List.of(
                "clock", "ed25519", "ed448", "explicit-ec-parameters", "malformed-client-certificate", "p521",
                "rsa-pss", "secp256k1", "sha1", "weak-key");
        BouncyCastleProvider provider = new BouncyCastleProvider();
        Security.insertProviderAt(provider, 1);
        BouncyCastleJsseProvider jsse = new BouncyCastleJsseProvider(provider);
        new JsseAdapter("bouncycastle", provider.getVersionStr(), features, provider, jsse).run();
    }
}
