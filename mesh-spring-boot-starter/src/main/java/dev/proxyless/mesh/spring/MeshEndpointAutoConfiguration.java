package dev.proxyless.mesh.spring;

import dev.proxyless.mesh.Mesh;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of {@link MeshEndpoint}, where it is exposed. */
@AutoConfiguration(after = MeshAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnSingleCandidate(Mesh.class)
@ConditionalOnAvailableEndpoint(MeshEndpoint.class)
public final class MeshEndpointAutoConfiguration {

  @Bean
  MeshEndpoint meshEndpoint(Mesh mesh) {
    return new MeshEndpoint(mesh);
  }
}
