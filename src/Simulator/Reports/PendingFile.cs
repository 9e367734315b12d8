namespace SimServe.Simulator.Reports;

/// <summary>A file that is written while a run goes on, under a temporary name: it appears whole when it is kept, and not at all otherwise.</summary>
public sealed class PendingFile : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly string _path;
    private readonly string _temporary;
    private bool _kept;

    internal PendingFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        (_path, _temporary) = (path, TemporaryFor(path));
        Stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
    }

    /// <summary>Where to write.</summary>
    public Stream Stream { get; }

    /// <summary>Closes the file and moves it to its place; an older one there is replaced.</summary>
    /// <exception cref="IOException">It cannot be written or moved.</exception>
    public void Keep()
    {
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _kept = true;
    }

    /// <summary>Removes the file if it has not been kept.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_kept)
        {
            File.Delete(_temporary);
        }
    }

    // The extension stays last: some writers choose their format by it.
    internal static string TemporaryFor(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".writing-{Path.GetFileName(path)}");
}
