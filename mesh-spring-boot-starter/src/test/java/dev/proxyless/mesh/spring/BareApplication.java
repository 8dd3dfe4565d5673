package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import dev.proxyless.mesh.okhttp.MeshOkHttp;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Calls a URL through the mesh, in a process that has the starter and nothing else. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class BareApplication {

  /** A bean that has a policy, so that advice is needed. */
  static class Caller {
    private final OkHttpClient client;

    Caller(Mesh mesh) {
      client = MeshOkHttp.install(mesh, new OkHttpClient.Builder()).build();
    }

    @MeshRetry
    public int call(String url) throws Exception {
      try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
        return response.code();
      }
    }
  }

  @Bean
  Caller caller(Mesh mesh) {
    return new Caller(mesh);
  }

  public static void main(String[] arguments) throws Exception {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(BareApplication.class, arguments)) {
      String url = context.getEnvironment().getRequiredProperty("url");
      System.out.println("answered " + context.getBean(Caller.class).call(url));
    }
  }
}
