package dev.proxyless.mesh.okhttp;

import java.util.function.Supplier;
import kotlin.jvm.JvmClassMappingKt;
import kotlin.reflect.KClass;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh keeps with a call of OkHttp, by its type. Asking OkHttp by a Java class makes an
 * object each time; this makes one for all calls.
 */
final class CallTag<T> {

  private final KClass<T> type;

  CallTag(Class<T> type) {
    this.type = JvmClassMappingKt.getKotlinClass(type);
  }

  /** What is kept, or null. */
  @Nullable T of(Call call) {
    return call.tag(type);
  }

  /** What is kept; made where nothing is. */
  T of(Call call, Supplier<T> make) {
    return call.tag(type, make::get);
  }
}
