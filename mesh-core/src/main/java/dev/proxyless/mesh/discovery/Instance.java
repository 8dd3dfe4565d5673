package dev.proxyless.mesh.discovery;

import dev.proxyless.mesh.model.EndpointAssignment.Health;
import java.util.Map;

/**
 * An instance of a Cloud Map service.
 *
 * @param id the instance's id
 * @param health what Cloud Map says of it
 * @param attributes its attributes
 */
record Instance(String id, Health health, Map<String, String> attributes) {}
