package dev.proxyless.mesh.servlet;

import dev.proxyless.mesh.call.Inbound;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as the application sees it: with the id that the mesh gave it, without the headers that
 * are not to be trusted. Counts its body and notices when it goes asynchronous.
 */
final class InboundRequest extends HttpServletRequestWrapper {

  private final ServedRequest served;
  private @Nullable ServletInputStream stream;
  private @Nullable BufferedReader reader;

  InboundRequest(HttpServletRequest request, ServedRequest served) {
    super(request);
    this.served = served;
  }

  /** Whether a request is, or wraps, one of these for the same request served. */
  static boolean isIn(ServletRequest request, ServedRequest served) {
    ServletRequest each = request;
    while (each instanceof ServletRequestWrapper wrapper) {
      if (each instanceof InboundRequest inbound && inbound.served == served) {
        return true;
      }
      each = wrapper.getRequest();
    }
    return false;
  }

  @Override
  public @Nullable String getHeader(String name) {
    if (name.equalsIgnoreCase(Inbound.REQUEST_ID)) {
      return served.requestId();
    }
    return served.hides(name) ? null : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    if (name.equalsIgnoreCase(Inbound.REQUEST_ID)) {
      return Collections.enumeration(List.of(served.requestId()));
    }
    return served.hides(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    List<String> names = new ArrayList<>();
    names.add(Inbound.REQUEST_ID);
    for (String name : Collections.list(super.getHeaderNames())) {
      if (!name.equalsIgnoreCase(Inbound.REQUEST_ID) && !served.hides(name)) {
        names.add(name);
      }
    }
    return Collections.enumeration(names);
  }

  @Override
  public int getIntHeader(String name) {
    return served.hides(name) ? -1 : super.getIntHeader(name);
  }

  @Override
  public long getDateHeader(String name) {
    return served.hides(name) ? -1 : super.getDateHeader(name);
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    ServletInputStream known = stream;
    if (known == null) {
      known = new Counted(super.getInputStream());
      stream = known;
    }
    return known;
  }

  @Override
  public BufferedReader getReader() throws IOException {
    BufferedReader known = reader;
    if (known == null) {
      @Nullable String encoding = getCharacterEncoding();
      known =
          new BufferedReader(
              new InputStreamReader(getInputStream(), encoding == null ? "ISO-8859-1" : encoding));
      reader = known;
    }
    return known;
  }

  @Override
  public AsyncContext startAsync() {
    return started(super.startAsync());
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    return started(super.startAsync(request, response));
  }

  private AsyncContext started(AsyncContext context) {
    served.asyncStarted(context);
    return context;
  }

  private final class Counted extends ServletInputStream {
    private final ServletInputStream in;

    Counted(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      if (read >= 0) {
        served.received(1);
      }
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      if (read > 0) {
        served.received(read);
      }
      return read;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
