package dev.proxyless.mesh.spring.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.spring.MeshServe;
import dev.proxyless.mesh.spring.NoDelaySockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is compiled and run as a reader would, against {@code mesh serve}. */
class ReadmeTest {

  private static final String CONTROL_PLANE = "127.0.0.1:18000";
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @TempDir private static Path documents;
  private static final MockWebServer backend = new MockWebServer();
  private static MeshServe controlPlane;

  @TempDir private Path directory;

  @BeforeAll
  static void serve() throws IOException {
    backend.setServerSocketFactory(new NoDelaySockets());
    backend.start();
    write("mesh", "{'meshName':'apps'}");
    write(
        "caller",
        "{'meshName':'apps','virtualNodeName':'serviceA','spec':{'backends':[{'virtualService':"
            + "{'virtualServiceName':'serviceb.apps.local'}}]}}");
    write(
        "node",
        "{'meshName':'apps','virtualNodeName':'serviceB','spec':{'listeners':[{'portMapping':"
            + "{'port':PORT,'protocol':'http'}}],"
            + "'serviceDiscovery':{'dns':{'hostname':'127.0.0.1'}}}}");
    write(
        "router",
        "{'meshName':'apps','virtualRouterName':'serviceB','spec':{'listeners':[{'portMapping':"
            + "{'port':8000,'protocol':'http'}}]}}");
    write(
        "route",
        "{'meshName':'apps','virtualRouterName':'serviceB','routeName':'all','spec':{'httpRoute':"
            + "{'match':{'prefix':'/'},'action':{'weightedTargets':[{'virtualNode':'serviceB',"
            + "'weight':1}]},'retryPolicy':{'maxRetries':0,'perRetryTimeout':{'unit':'s',"
            + "'value':0},'httpRetryEvents':['server-error']}}}}");
    write(
        "service",
        "{'meshName':'apps','virtualServiceName':'serviceb.apps.local','spec':{'provider':"
            + "{'virtualRouter':{'virtualRouterName':'serviceB'}}}}");
    controlPlane = new MeshServe(documents);
  }

  private static void write(String name, String document) throws IOException {
    Files.writeString(
        documents.resolve("create-" + name + ".json"),
        document.replace('\'', '"').replace("PORT", String.valueOf(backend.getPort())));
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
    backend.close();
  }

  /** What the README shows, with this test's control plane for the one it names. */
  private static String here(String configuration) {
    String changed = configuration.replace(CONTROL_PLANE, "127.0.0.1:" + controlPlane.port());
    assertNotEquals(configuration, changed);
    return changed;
  }

  private static String meshYaml() {
    return here(Readme.snippet("## mesh.yaml", "yaml"));
  }

  @Test
  void okHttp() throws Exception {
    backend.enqueue(new MockResponse.Builder().body("hello").build());

    String output =
        new Application(directory)
            .file("mesh.yaml", meshYaml())
            .source(
                "Main",
                "public class Main { public static void main(String[] arguments) throws Exception {"
                    + "OkHttpClient existing = new OkHttpClient();\n"
                    + Readme.snippet("### OkHttp", "java")
                    + "}}")
            .run();

    assertTrue(output.contains("200 virtual_host="), output);
    assertTrue(
        output.contains("endpoint=127.0.0.1:" + backend.getPort() + " attempts=1 flags=-"), output);
  }

  @Test
  void springBoot() throws Exception {
    backend.enqueue(new MockResponse.Builder().code(500).build());
    backend.enqueue(new MockResponse.Builder().code(503).build());
    backend.enqueue(new MockResponse.Builder().body("12.50").build());

    String output =
        new Application(directory)
            .file("application.yaml", here(Readme.snippet("### Spring Boot", "yaml")))
            .source("Prices", Readme.snippet("### Spring Boot", "java"))
            .source(
                "Main",
                """
                @SpringBootApplication
                public class Main {
                  public static void main(String[] arguments) {
                    try (var context = SpringApplication.run(Main.class, arguments)) {
                      System.out.println("costs " + context.getBean(Prices.class).price("7"));
                    }
                  }
                }
                """)
            .run("--spring.main.web-application-type=none");

    assertTrue(output.contains("costs 12.50"), output);
  }

  @Test
  void servlet() throws Exception {
    String output =
        new Application(directory)
            .file("mesh.yaml", meshYaml())
            .source("MeshSetup", Readme.snippet("### Servlet", "java"))
            .source(
                "Main",
                """
                public class Main {
                  public static void main(String[] arguments) throws Exception {
                    var tomcat = new org.apache.catalina.startup.Tomcat();
                    tomcat.setBaseDir(arguments[0]);
                    tomcat.setPort(0);
                    tomcat.getConnector().setProperty("address", "127.0.0.1");
                    var context = tomcat.addContext("", arguments[0]);
                    context.addApplicationListener(MeshSetup.class.getName());
                    tomcat.addServlet("", "hello", new jakarta.servlet.http.HttpServlet() {
                      @Override
                      public void service(ServletRequest request, ServletResponse response)
                          throws java.io.IOException {
                        response.getWriter().print("served " + MeshFilter.requestId(request));
                      }
                    });
                    context.addServletMappingDecoded("/*", "hello");
                    tomcat.start();
                    var url = "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
                    var request = new Request.Builder().url(url).header("x-request-id", "id-7");
                    try (Response response = new OkHttpClient().newCall(request.build()).execute()) {
                      System.out.println(response.body().string());
                    }
                    tomcat.stop();
                    tomcat.destroy();
                  }
                }
                """)
            .run(directory.toString());

    assertTrue(output.contains("served id-7"), output);
  }

  @Test
  void theDependencyIsAModuleOfThisVersion() throws IOException {
    String maven = Readme.snippet("### As a dependency", "xml");
    String artifact = element(maven, "artifactId");
    String version = element(maven, "version");

    assertEquals("dev.proxyless", element(maven, "groupId"));
    assertTrue(Files.exists(Readme.ROOT.resolve(artifact).resolve("pom.xml")), artifact);
    assertEquals(
        version, element(Files.readString(Readme.ROOT.resolve("pom.xml")), "version"), maven);
    assertTrue(
        Readme.snippet("### As a dependency", "kotlin")
            .startsWith("implementation(\"dev.proxyless:" + artifact + ":" + version + "\")"));
  }

  private static String element(String xml, String name) {
    Matcher found = Pattern.compile("<" + name + ">([^<]+)</" + name + ">").matcher(xml);
    assertTrue(found.find(), name);
    return found.group(1);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Readme.ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.list(Readme.ROOT.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    for (Path page : pages) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        assertTrue(
            Files.exists(page.resolveSibling(links.group(1))), page + " names " + links.group(1));
      }
    }
  }
}
