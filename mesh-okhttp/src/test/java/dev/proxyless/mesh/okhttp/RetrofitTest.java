package dev.proxyless.mesh.okhttp;

import static dev.proxyless.mesh.okhttp.MeshRig.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.POST;
import retrofit2.http.Path;

/** Retrofit on a client of the mesh, with nothing set for either. */
class RetrofitTest {

  /** A service as an application declares one. */
  interface Shop {
    @GET("items/{id}")
    Call<ResponseBody> item(@Path("id") String id);

    @POST("items")
    Call<ResponseBody> add(@Body RequestBody item);
  }

  private MeshRig rig;
  private MockWebServer backend;
  private Shop shop;

  @BeforeEach
  void start() throws Exception {
    rig = new MeshRig();
    backend = rig.backend();
    rig.cluster("c", "", backend)
        .route("cluster: c, prefix_rewrite: /shop/, retry_policy: {retry_on: 5xx}");
    shop =
        new Retrofit.Builder().baseUrl(MeshRig.URL).client(rig.client()).build().create(Shop.class);
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  @Test
  void aCallIsRoutedRetriedAndAnswered() throws Exception {
    backend.enqueue(answer(503, "no"));
    backend.enqueue(answer(200, "chair"));
    Response<ResponseBody> response = shop.item("7").execute();
    assertEquals("chair", response.body().string());
    assertEquals(2, MeshOkHttp.callInfo(response.raw()).orElseThrow().attempts());
    assertEquals("/shop/items/7", backend.takeRequest().getTarget());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void aBodyIsSentAgain() throws Exception {
    backend.enqueue(answer(503, "no"));
    backend.enqueue(answer(201, "added"));
    Response<ResponseBody> response =
        shop.add(RequestBody.create("table", MediaType.get("text/plain"))).execute();
    assertEquals(201, response.code());
    response.body().close();
    backend.takeRequest();
    RecordedRequest again = backend.takeRequest();
    assertEquals("table", again.getBody().utf8());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anErrorsBodyIsTheErrors() throws Exception {
    backend.enqueue(answer(404, "no chair"));
    Response<ResponseBody> response = shop.item("8").execute();
    assertEquals(404, response.code());
    assertEquals("no chair", response.errorBody().string());
    rig.assertNothingIsLeftOver();
  }

  @Test
  void anEnqueuedCallIsAnswered() throws Exception {
    backend.enqueue(answer(200, "chair"));
    CompletableFuture<String> answered = new CompletableFuture<>();
    shop.item("7")
        .enqueue(
            new Callback<ResponseBody>() {
              @Override
              public void onResponse(Call<ResponseBody> call, Response<ResponseBody> response) {
                try {
                  answered.complete(response.body().string());
                } catch (IOException failed) {
                  answered.completeExceptionally(failed);
                }
              }

              @Override
              public void onFailure(Call<ResponseBody> call, Throwable failure) {
                answered.completeExceptionally(failure);
              }
            });
    assertEquals("chair", answered.get(20, TimeUnit.SECONDS));
  }
}
