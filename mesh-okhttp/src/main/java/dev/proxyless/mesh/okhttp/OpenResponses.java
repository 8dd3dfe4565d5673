package dev.proxyless.mesh.okhttp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Closes what the mesh has handed out to interceptors of the application where one of them throws:
 * nobody else could, and the endpoint would be taken for busy. Stands before all of them.
 */
enum OpenResponses implements Interceptor {
  CLOSE;

  /** What the mesh handed out for a call; its thread's own. */
  private record HandedOut(List<Response> responses) {}

  private static final CallTag<HandedOut> TAG = new CallTag<>(HandedOut.class);

  @Override
  public Response intercept(Chain chain) throws IOException {
    HandedOut handedOut = TAG.of(chain.call(), () -> new HandedOut(new ArrayList<>(2)));
    boolean returned = false;
    try {
      Response response = chain.proceed(chain.request());
      returned = true;
      return response;
    } finally {
      if (!returned) {
        handedOut.responses().forEach(OpenResponses::close);
      }
    }
  }

  private static void close(Response response) {
    if (response.socket() == null) {
      response.close();
    } else {
      response.socket().cancel();
    }
  }

  /** The mesh hands a response out. */
  static void add(Call call, Response response) {
    HandedOut handedOut = TAG.of(call);
    if (handedOut != null) {
      handedOut.responses().add(response);
    }
  }
}
