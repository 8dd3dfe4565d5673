/**
 * The mesh in a Spring Boot application: {@code mesh.*} properties, a {@link
 * dev.proxyless.mesh.Mesh} bean, {@code RestClient} and HTTP service clients that go through it,
 * {@link dev.proxyless.mesh.spring.MeshRetry @MeshRetry}, and the actuator endpoint {@code mesh}.
 */
@NullMarked
package dev.proxyless.mesh.spring;

import org.jspecify.annotations.NullMarked;
