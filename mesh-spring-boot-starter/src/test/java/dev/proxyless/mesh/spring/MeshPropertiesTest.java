package dev.proxyless.mesh.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.proxyless.mesh.Bootstrap;
import dev.proxyless.mesh.Bootstrap.CloudMap;
import dev.proxyless.mesh.Bootstrap.ControlPlane;
import dev.proxyless.mesh.Bootstrap.ControlPlaneTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

class MeshPropertiesTest {

  @TempDir private Path directory;
  private ApplicationContextRunner runner;

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(MeshProperties.class)
  static class BootstrapOnly {
    @Bean
    Bootstrap bootstrap(
        MeshProperties properties, Environment environment, ResourceLoader resources) {
      return new BootstrapFactory(properties, environment, resources).create();
    }
  }

  @BeforeEach
  void configure() throws IOException {
    Files.createDirectory(directory.resolve("apps"));
    for (String name : List.of("ca.pem", "chain.pem", "key.pem")) {
      Files.writeString(directory.resolve(name), "");
    }
    runner = new ApplicationContextRunner().withUserConfiguration(BootstrapOnly.class);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("mesh.yaml"), text);
  }

  private void bootstrap(Consumer<Bootstrap> check, String... properties) {
    runner
        .withPropertyValues(properties)
        .run(context -> check.accept(context.getBean(Bootstrap.class)));
  }

  private void refusal(String part, String... properties) {
    runner
        .withPropertyValues("mesh.node.id=me", "mesh.control-plane.address=127.0.0.1:18000")
        .withPropertyValues(properties)
        .run(
            context -> {
              String told = StartupFailure.of(context);
              assertTrue(told.contains(part), told);
            });
  }

  @Test
  void everyPropertyArrives() {
    bootstrap(
        bootstrap ->
            assertEquals(
                new Bootstrap(
                    "mesh/apps/virtualNode/serviceA",
                    "serviceA",
                    Map.of("zone", "a", "limits", Map.of("depth", "3")),
                    Optional.of(
                        new ControlPlane(
                            "::1",
                            18000,
                            Optional.of(
                                new ControlPlaneTls(
                                    directory.resolve("ca.pem"),
                                    "control.apps.local",
                                    Optional.of(directory.resolve("chain.pem")),
                                    Optional.of(directory.resolve("key.pem")))))),
                    Optional.empty(),
                    Optional.empty(),
                    new CloudMap(
                        false,
                        Optional.of(URI.create("http://127.0.0.1:5000")),
                        Optional.of("eu-central-1"),
                        Duration.ofSeconds(7)),
                    List.of(directory.resolve("certificates"), directory.resolve("more")),
                    Duration.ofSeconds(2),
                    Bootstrap.RetryThrottle.DEFAULT,
                    Optional.empty(),
                    Duration.ofMillis(1500)),
                bootstrap),
        "mesh.node.id=mesh/apps/virtualNode/serviceA",
        "mesh.node.cluster=serviceA",
        "mesh.node.metadata.zone=a",
        "mesh.control-plane.address=[::1]:18000",
        "mesh.control-plane.tls.trusted-ca=" + directory.resolve("ca.pem"),
        "mesh.control-plane.tls.server-name=control.apps.local",
        "mesh.control-plane.tls.certificate-chain=" + directory.resolve("chain.pem"),
        "mesh.control-plane.tls.private-key=" + directory.resolve("key.pem"),
        "mesh.cloud-map.enabled=false",
        "mesh.cloud-map.endpoint=http://127.0.0.1:5000",
        "mesh.cloud-map.region=eu-central-1",
        "mesh.cloud-map.refresh-interval=7s",
        "mesh.tls.allowed-directories="
            + directory.resolve("certificates")
            + ","
            + directory.resolve("more"),
        "mesh.ready-timeout=2s",
        "mesh.close-timeout=1500ms",
        "mesh.node.metadata.limits.depth=3");
  }

  @Test
  void metadataMayHaveLists() {
    bootstrap(
        bootstrap ->
            assertEquals(
                Map.of("zones", List.of("a", "b"), "nested", Map.of("list", List.of("c"))),
                bootstrap.nodeMetadata()),
        "mesh.node.id=me",
        "mesh.control-plane.address=127.0.0.1:18000",
        "mesh.node.metadata.zones[0]=a",
        "mesh.node.metadata.zones[1]=b",
        "mesh.node.metadata.nested.list[0]=c");
  }

  @Test
  void propertiesWinOverTheFileValueByValue() throws IOException {
    Path file =
        file(
            """
            node: {id: of-the-file, cluster: of-the-file}
            control_plane:
              address: 10.0.0.1:1
              tls: {trusted_ca: ca.pem, server_name: of-the-file}
            cloud_map: {region: eu-west-1, refresh_interval: 9s}
            calls: {ready_timeout: 9s}
            """);

    bootstrap(
        bootstrap -> {
          assertEquals("of-the-properties", bootstrap.nodeId());
          assertEquals("of-the-file", bootstrap.nodeCluster());
          assertEquals(
              Optional.of(
                  new ControlPlane(
                      "10.0.0.1",
                      1,
                      Optional.of(
                          new ControlPlaneTls(
                              directory.resolve("ca.pem"),
                              "of-the-properties",
                              Optional.empty(),
                              Optional.empty())))),
              bootstrap.controlPlane());
          assertEquals(
              new CloudMap(true, Optional.empty(), Optional.of("eu-west-1"), Duration.ofSeconds(3)),
              bootstrap.cloudMap());
          assertEquals(Duration.ofSeconds(9), bootstrap.readyTimeout());
        },
        "mesh.config=" + file,
        "mesh.node.id=of-the-properties",
        "mesh.control-plane.tls.server-name=of-the-properties",
        "mesh.cloud-map.refresh-interval=3s");
  }

  @Test
  void anAddressAmongThePropertiesIsAnotherControlPlane() throws IOException {
    Path file =
        file(
            """
            node: {id: me}
            control_plane: {address: '10.0.0.1:1', tls: {trusted_ca: ca.pem}}
            """);

    bootstrap(
        bootstrap ->
            assertEquals(
                Optional.of(new ControlPlane("127.0.0.1", 18000, Optional.empty())),
                bootstrap.controlPlane()),
        "mesh.config=" + file,
        "mesh.control-plane.address=127.0.0.1:18000");
  }

  @Test
  void aDirectoryAmongThePropertiesTakesThePlaceOfTheFilesControlPlane() throws IOException {
    Path file = file("{node: {id: me}, control_plane: {address: '10.0.0.1:1'}}");

    bootstrap(
        bootstrap -> {
          assertEquals(Optional.empty(), bootstrap.controlPlane());
          assertEquals(Optional.of(directory.resolve("apps")), bootstrap.appMeshDirectory());
        },
        "mesh.config=" + file,
        "mesh.app-mesh.directory=" + directory.resolve("apps"));
  }

  @Test
  void theFileWinsOverTheSidecarsVariables() throws IOException {
    Path file = file("node: {id: of-the-file}");

    bootstrap(
        bootstrap -> {
          assertEquals("of-the-file", bootstrap.nodeId());
          assertEquals("127.0.0.1:18000", bootstrap.controlPlane().orElseThrow().address());
        },
        "mesh.config=" + file,
        "APPMESH_RESOURCE_ARN=mesh/apps/virtualNode/left-over",
        "APPMESH_XDS_ENDPOINT=127.0.0.1:18000");
  }

  @Test
  void emptyPropertiesSayNothing() throws IOException {
    Path file = file("{node: {id: of-the-file}, control_plane: {address: '10.0.0.1:1'}}");

    bootstrap(
        bootstrap -> assertEquals("of-the-file", bootstrap.nodeId()),
        "mesh.config=" + file,
        "mesh.node.id=",
        "mesh.control-plane.address=  ",
        "mesh.app-mesh.directory=",
        "mesh.cloud-map.endpoint=",
        "mesh.ready-timeout=");
  }

  @Test
  void theFileMayBeOnTheClassPath() {
    bootstrap(
        bootstrap -> {
          assertEquals("of-the-class-path", bootstrap.nodeId());
          assertEquals("127.0.0.1:18001", bootstrap.controlPlane().orElseThrow().address());
        },
        "mesh.config=classpath:dev/proxyless/mesh/spring/mesh.yaml");
  }

  @Test
  void aFileThatIsNotThereIsTold() {
    refusal("There is no ", "mesh.config=" + directory.resolve("none.yaml"));
    refusal("'mesh.config'", "mesh.config=" + directory.resolve("none.yaml"));
    refusal("class path resource [none.yaml]", "mesh.config=classpath:none.yaml");
  }

  @Test
  void aMistakeInTheFileIsToldWithItsLine() throws IOException {
    Path file = file("node: {id: me}\ncontrol_plane:\n  adress: 127.0.0.1:1\n");

    refusal(file + ":3", "mesh.config=" + file);
    refusal("adress", "mesh.config=" + file);
    refusal("address", "mesh.config=" + file);
  }

  @Test
  void aBadValueIsToldWithItsPropertyAndWhatWouldBeRight() {
    refusal("'mesh.control-plane.address'", "mesh.control-plane.address=nowhere");
    refusal("Invalid value 'nowhere'", "mesh.control-plane.address=nowhere");
    refusal("host:port, such as 127.0.0.1:18000", "mesh.control-plane.address=nowhere");
    refusal("'mesh.ready-timeout'", "mesh.ready-timeout=-1s");
    refusal("It must be 0 or more", "mesh.close-timeout=-1s");
    refusal("mesh.close-timeout", "mesh.close-timeout=soon");
    refusal("'mesh.cloud-map.refresh-interval'", "mesh.cloud-map.refresh-interval=0s");
    refusal("a URL such as http://", "mesh.cloud-map.endpoint=127.0.0.1:5000");
    refusal("a URL such as http://", "mesh.cloud-map.endpoint=http://a b");
    refusal("mesh.client", "mesh.client=al");
    refusal("ALL", "mesh.client=al");
  }

  @Test
  void filesAndDirectoriesThatAreNotThereAreTold() {
    Path none = directory.resolve("none");
    refusal(
        "There is no directory " + none,
        "mesh.control-plane.address=",
        "mesh.app-mesh.directory=" + none);
    refusal("'mesh.control-plane.tls.trusted-ca'", "mesh.control-plane.tls.trusted-ca=" + none);
    refusal("There is no file " + none, "mesh.control-plane.tls.trusted-ca=" + none);
  }

  @Test
  void propertiesThatNeedAnotherSaySo() {
    refusal(
        "'mesh.control-plane.tls.private-key'",
        "mesh.control-plane.tls.trusted-ca=" + directory.resolve("ca.pem"),
        "mesh.control-plane.tls.certificate-chain=" + directory.resolve("chain.pem"));
    refusal(
        "'mesh.control-plane.tls.certificate-chain'",
        "mesh.control-plane.tls.trusted-ca=" + directory.resolve("ca.pem"),
        "mesh.control-plane.tls.private-key=" + directory.resolve("key.pem"));
    refusal("'mesh.control-plane.tls.trusted-ca'", "mesh.control-plane.tls.server-name=a");
    refusal(
        "'mesh.control-plane.address'",
        "mesh.control-plane.address=",
        "mesh.control-plane.tls.trusted-ca=" + directory.resolve("ca.pem"));
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void anApplicationThatDoesNotStartPrintsReasonAndActionInPlaceOfAStackTrace(
      CapturedOutput output) {
    start("--mesh.node.id=me", "--mesh.control-plane.address=nowhere");

    String printed = output.toString();
    assertTrue(printed.contains("APPLICATION FAILED TO START"), printed);
    assertTrue(
        printed.contains(
            "Invalid value 'nowhere' for configuration property 'mesh.control-plane.address'"
                + " (originating from "),
        printed);
    assertTrue(printed.contains("It must be host:port, such as 127.0.0.1:18000."), printed);
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void propertiesThatExcludeEachOtherAreTold(CapturedOutput output) {
    start(
        "--mesh.node.id=me",
        "--mesh.control-plane.address=127.0.0.1:18000",
        "--mesh.app-mesh.directory=" + directory.resolve("apps"));

    String printed = output.toString();
    assertTrue(printed.contains("mutually exclusive:"), printed);
    assertTrue(printed.contains("mesh.app-mesh.directory"), printed);
    assertTrue(printed.contains("mesh.control-plane.address"), printed);
  }

  private static void start(String... arguments) {
    SpringApplication application = new SpringApplication(BootstrapOnly.class);
    application.setBannerMode(Banner.Mode.OFF);
    application.setDefaultProperties(Map.of("spring.config.name", "none"));
    application.setWebApplicationType(WebApplicationType.NONE);
    assertThrows(RuntimeException.class, () -> application.run(arguments).close());
  }
}
