package dev.proxyless.mesh.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a {@link MeshConfigurationException} in place of a stack trace. */
final class MeshFailureAnalyzer extends AbstractFailureAnalyzer<MeshConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, MeshConfigurationException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
  }
}
