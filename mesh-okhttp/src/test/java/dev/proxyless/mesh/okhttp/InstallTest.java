package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static dev.proxyless.mesh.okhttp.MeshRig.get;
import static dev.proxyless.mesh.okhttp.MeshRig.never;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.testing.LogLines;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockWebServer;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the mesh gets into a client, and what of the client holds for tries. */
class InstallTest {

  private MeshRig rig;
  private MockWebServer backend;

  @BeforeEach
  void start() throws IOException {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend).route("cluster: c");
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static final class Counting implements Interceptor {
    private final AtomicInteger runs = new AtomicInteger();

    @Override
    public Response intercept(Chain chain) throws IOException {
      runs.incrementAndGet();
      return chain.proceed(chain.request());
    }

    @Override
    public String toString() {
      return "the counting interceptor";
    }
  }

  @Test
  void anInterceptorAddedLaterIsNamedWithTheWayOut() throws Exception {
    backend.enqueue(answer(200, ""));
    OkHttpClient.Builder builder = new OkHttpClient.Builder();
    MeshOkHttp.install(rig.start(), builder);
    Counting late = new Counting();
    OkHttpClient client = builder.addInterceptor(late).build();
    try (LogLines lines = new LogLines()) {
      client.newCall(get()).execute().close();
      List<String> said = lines.with("the counting interceptor");
      assertEquals(1, said.size(), said.toString());
      assertTrue(said.get(0).contains("MeshOkHttp.install(mesh, builder) again"), said.get(0));
    }
    assertEquals(0, late.runs.get());
  }

  @Test
  void installingAgainTakesTheLateInterceptorIn() throws Exception {
    backend.enqueue(answer(200, ""));
    OkHttpClient.Builder builder = new OkHttpClient.Builder();
    MeshOkHttp.install(rig.start(), builder);
    Counting late = new Counting();
    builder.addInterceptor(late);
    OkHttpClient client = MeshOkHttp.install(rig.mesh(), builder).build();
    try (LogLines lines = new LogLines()) {
      client.newCall(get()).execute().close();
      assertEquals(List.of(), lines.with("MeshOkHttp.install"));
    }
    assertEquals(1, late.runs.get());
    assertEquals(1, backend.getRequestCount());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void installingAgainAndAgainAddsNothing() throws Exception {
    OkHttpClient.Builder builder = new OkHttpClient.Builder().addInterceptor(new Counting());
    MeshOkHttp.install(rig.start(), builder);
    int interceptors = builder.interceptors().size();
    Object listeners = builder.build().eventListenerFactory();
    MeshOkHttp.install(rig.mesh(), builder);
    assertEquals(interceptors, builder.interceptors().size());
    assertEquals(listeners, builder.build().eventListenerFactory());
  }

  @Test
  void theClientsReadTimeoutHoldsForTries() throws Exception {
    backend.enqueue(never());
    OkHttpClient client =
        rig.client(new OkHttpClient.Builder().readTimeout(Duration.ofMillis(200)));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("LR", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
  }

  @Test
  void aTimeoutThatAnInterceptorSetsForACallHoldsForItsTries() throws Exception {
    backend.enqueue(never());
    OkHttpClient client =
        rig.client(
            new OkHttpClient.Builder()
                .readTimeout(Duration.ZERO)
                .addInterceptor(
                    chain ->
                        chain
                            .withReadTimeout(200, TimeUnit.MILLISECONDS)
                            .proceed(chain.request())));
    try (Response response = client.newCall(get()).execute()) {
      assertEquals("LR", MeshOkHttp.callInfo(response).orElseThrow().flags().toString());
    }
  }

  @Test
  void optionsThatMakeNoSenseAreRefusedByName() {
    MeshOkHttp.Options options = MeshOkHttp.Options.DEFAULT;
    IllegalArgumentException idle =
        assertThrows(IllegalArgumentException.class, () -> options.withIdleTime(Duration.ZERO));
    assertTrue(idle.getMessage().startsWith("idleTime is PT0S"), idle.getMessage());
    IllegalArgumentException age =
        assertThrows(
            IllegalArgumentException.class,
            () -> options.withMaxConnectionAge(Duration.ofSeconds(-1)));
    assertTrue(age.getMessage().startsWith("maxConnectionAge is PT-1S"), age.getMessage());
  }
}
