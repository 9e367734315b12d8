using SimServe.GpuBackend.Caches;
using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Devices;

/// <summary>The thread that moves recordings between files and memory, one after the other and in order, so that devices' own copies are not held up.</summary>
internal sealed class TemplateTraffic : IDisposable
{
    private readonly TemplateFiles _files;
    private readonly TemplateStoreOptions _options;
    private readonly WallClock _clock = new();
    private readonly WorkerThread _thread = new("template files", static () => { });

    /// <summary>Starts the thread.</summary>
    public TemplateTraffic(TemplateFiles files, TemplateStoreOptions options) => (_files, _options) = (files, options);

    /// <summary>Reads a recording.</summary>
    /// <param name="template">Its template.</param>
    /// <param name="fromDisk">Whether it lies on the machine's own disk.</param>
    /// <param name="read">Receives it, or <c>null</c> where it cannot be used; on the thread.</param>
    public void Read(EditTemplate template, bool fromDisk, Action<TemplateRecording?> read) => _thread.Enqueue(() =>
    {
        var start = _clock.Now;
        var recording = Guarded(() => Read(template));
        if (recording is not null && (fromDisk ? _options.DiskBytesPerSecond : _options.StoreBytesPerSecond) is { } bandwidth)
        {
            var link = new CpuLink(bandwidth, _clock, static () => 1);
            link.WaitUntil(start + link.TimeOf(recording.Bytes));
        }

        read(recording);
    });

    /// <summary>Writes a recording.</summary>
    /// <param name="use">The recording; disposed when it is written.</param>
    /// <param name="failed">Called, on the thread, when it could not be.</param>
    public void Write(RecordingUse use, Action failed) => _thread.Enqueue(() =>
    {
        using (use)
        {
            if (!Guarded(() => Write(use.Recording)))
            {
                failed();
            }
        }
    });

    /// <summary>Deletes a template's file.</summary>
    /// <param name="template">The template.</param>
    public void Delete(EditTemplate template) => _thread.Enqueue(() => Guarded(() =>
    {
        _files.Delete(template);
        return true;
    }));

    /// <summary>Ends the thread when everything is done that was asked for.</summary>
    public void Dispose() => _thread.Dispose();

    private TemplateRecording? Read(EditTemplate template)
    {
        var recording = _files.TryRead(template, out var fault);
        if (fault is not null)
        {
            _options.Told?.Invoke($"{fault} The template is recorded anew.");
        }

        return recording;
    }

    private bool Write(TemplateRecording recording)
    {
        _files.Write(recording);
        return true;
    }

#pragma warning disable CA1031 // A cache that fails costs time, not the run: what is not there is recorded.
    private T? Guarded<T>(Func<T?> job)
    {
        try
        {
            return job();
        }
        catch (Exception error)
        {
            _options.Told?.Invoke($"A template's file in {_files.Folder} could not be used: {error.Message} The run goes on without it.");
            return default;
        }
    }
#pragma warning restore CA1031
}
