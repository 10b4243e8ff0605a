package dev.atoll.control.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.atoll.control.store.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks JSON web tokens with HS256 (RFC 7518): who signs them checks them, and a check
 * costs microseconds on the way of each exec, where one of a public key would cost most of a
 * millisecond. A token is for one audience and says until when it is good. Its payload,
 * base64url-encoded, holds neither '-' nor '_': an official client decodes it as plain base64.
 * Thread-safe.
 */
public final class SignedTokens {
  /** What a token opens. */
  public enum Audience {
    /** The control plane, in place of the token pair. The subject is the pair's id. */
    CONTROL("atoll.control"),
    /** The command router. The subject is the one task that it opens. */
    ROUTER("atoll.router");

    private final String claim;

    Audience(String claim) {
      this.claim = claim;
    }
  }

  private static final String HMAC = "HmacSHA256";
  private static final String TOKEN_ID = "tid";
  private static final int KEY_BITS = 256;

  private final JWSSigner signer;
  private final JWSVerifier verifier;
  private final JWSHeader header;

  private final SecretKeySpec derived;

  private SignedTokens(OctetSequenceKey key) {
    derived = new SecretKeySpec(key.toByteArray(), HMAC);
    try {
      signer = new MACSigner(key);
      verifier = new MACVerifier(key);
    } catch (JOSEException failure) {
      throw new IllegalStateException("the signing key can't be used", failure);
    }
    header = new JWSHeader.Builder(JWSAlgorithm.HS256).build();
  }

  /**
   * Uses the key of that file, a JSON web key (RFC 7517), and makes it with mode 0600 when it is
   * missing, so that tokens stay good over a restart.
   */
  public static SignedTokens open(Path keyFile) throws IOException {
    if (!Files.exists(keyFile)) {
      create(keyFile);
    }
    try {
      return new SignedTokens(OctetSequenceKey.parse(Files.readString(keyFile)));
    } catch (ParseException failure) {
      throw new IOException(keyFile + " holds no JSON web key; remove it to get a new one");
    }
  }

  private static void create(Path keyFile) throws IOException {
    OctetSequenceKey key;
    try {
      key = new OctetSequenceKeyGenerator(KEY_BITS).generate();
    } catch (JOSEException failure) {
      throw new IOException("no signing key can be made", failure);
    }
    Path temporary = keyFile.resolveSibling(keyFile.getFileName() + "." + Ids.random(8));
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(temporary, key.toJSONString());
    Files.move(temporary, keyFile, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * A fingerprint of bytes (HMAC-SHA256, RFC 2104): equal for equal ones, and without the key of
   * this server's tokens nobody can tell what they were.
   *
   * @param purpose fingerprints of different purposes have nothing to do with each other
   */
  public byte[] fingerprint(String purpose, byte[] bytes) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(derived);
      byte[] key = mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JDK has " + HMAC, missing);
    }
  }

  /**
   * What a token says.
   *
   * @param subject what it is for
   * @param tokenId the token pair that it was derived from; empty: one of a server that didn't say
   */
  public record Claims(String subject, String tokenId) {}

  /**
   * A token that is good from now on for some time.
   *
   * @param tokenId the token pair with which it was asked for
   */
  public String sign(Audience audience, String subject, String tokenId, Duration life) {
    Instant now = Instant.now();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .subject(subject)
            .claim(TOKEN_ID, tokenId)
            .audience(audience.claim)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(life)))
            .build();
    SignedJWT token = new SignedJWT(header, claims);
    try {
      token.sign(signer);
    } catch (JOSEException failure) {
      throw new IllegalStateException("a token can't be signed", failure);
    }
    return token.serialize();
  }

  /** What a token says that this server signed for that audience and that is still good. */
  public Optional<Claims> claims(Audience audience, String token) {
    try {
      SignedJWT parsed = SignedJWT.parse(token);
      if (!parsed.verify(verifier)) {
        return Optional.empty();
      }
      JWTClaimsSet claims = parsed.getJWTClaimsSet();
      Date end = claims.getExpirationTime();
      boolean good =
          claims.getAudience().equals(List.of(audience.claim))
              && end != null
              && Instant.now().isBefore(end.toInstant());
      String tokenId = Optional.ofNullable(claims.getStringClaim(TOKEN_ID)).orElse("");
      return good
          ? Optional.ofNullable(claims.getSubject()).map(subject -> new Claims(subject, tokenId))
          : Optional.empty();
    } catch (ParseException | JOSEException | IllegalArgumentException invalid) {
      return Optional.empty();
    }
  }
}
