/** OkHttp as the transport of the mesh. */
@NullMarked
package dev.proxyless.mesh.okhttp;

import org.jspecify.annotations.NullMarked;
