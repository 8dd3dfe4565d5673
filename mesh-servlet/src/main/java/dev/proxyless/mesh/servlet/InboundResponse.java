package dev.proxyless.mesh.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** A response as the application sees it: the same, with its body counted on its way out. */
final class InboundResponse extends HttpServletResponseWrapper {

  private final ServedRequest served;
  private @Nullable ServletOutputStream stream;
  private @Nullable PrintWriter writer;

  InboundResponse(HttpServletResponse response, ServedRequest served) {
    super(response);
    this.served = served;
  }

  /** Whether a response is, or wraps, one of these for the same request served. */
  static boolean isIn(ServletResponse response, ServedRequest served) {
    ServletResponse each = response;
    while (each instanceof ServletResponseWrapper wrapper) {
      if (each instanceof InboundResponse inbound && inbound.served == served) {
        return true;
      }
      each = wrapper.getResponse();
    }
    return false;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream known = stream;
    if (known == null) {
      served.tellSpentRetries();
      known = new Counted(super.getOutputStream());
      stream = known;
    }
    return known;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    PrintWriter known = writer;
    if (known == null) {
      served.tellSpentRetries();
      known = new CountedWriter(super.getWriter(), getCharacterEncoding(), served);
      writer = known;
    }
    return known;
  }

  @Override
  public void sendError(int status) throws IOException {
    served.tellSpentRetries();
    super.sendError(status);
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    served.tellSpentRetries();
    super.sendError(status, message);
  }

  @Override
  public void reset() {
    super.reset();
    served.unsent();
    stream = null;
    writer = null;
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    served.unsent();
  }

  private final class Counted extends ServletOutputStream {
    private final ServletOutputStream out;

    Counted(ServletOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      guarded(() -> out.write(b));
      served.sent(1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      guarded(() -> out.write(buffer, offset, length));
      served.sent(length);
    }

    @Override
    public void flush() throws IOException {
      guarded(out::flush);
    }

    @Override
    public void close() throws IOException {
      guarded(out::close);
    }

    private void guarded(Write write) throws IOException {
      try {
        write.run();
      } catch (IOException gone) {
        served.disconnected();
        throw gone;
      }
    }

    @Override
    public boolean isReady() {
      return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      out.setWriteListener(listener);
    }
  }

  private interface Write {
    void run() throws IOException;
  }
}
