using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Caches;

/// <summary>A mapped file that several steps' rows lie in: unmapped when the last of them and its opener are done.</summary>
internal sealed class SharedFile(SafetensorsFile file) : IDisposable
{
    private int _users = 1;

    /// <summary>The file.</summary>
    public SafetensorsFile File => file;

    /// <summary>One user more.</summary>
    public void Share() => Interlocked.Increment(ref _users);

    /// <summary>One user less.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            file.Dispose();
        }
    }
}
