namespace SimServe.GpuBackend.Masking;

/// <summary>Somebody's use of a recording, whose memory stays until it is disposed.</summary>
public sealed class RecordingUse : IDisposable
{
    private TemplateRecording? _recording;

    internal RecordingUse(TemplateRecording recording) => _recording = recording;

    /// <summary>The recording.</summary>
    /// <exception cref="ObjectDisposedException">The use has ended.</exception>
    public TemplateRecording Recording => _recording ?? throw new ObjectDisposedException(nameof(RecordingUse));

    /// <summary>Ends it; a second time does nothing. Any thread may.</summary>
    public void Dispose() => Interlocked.Exchange(ref _recording, null)?.EndUse();
}
