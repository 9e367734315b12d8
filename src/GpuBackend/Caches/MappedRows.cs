using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Caches;

/// <summary>Rows where they lie in a mapped file: their memory is the page cache's.</summary>
internal sealed class MappedRows : HostMemory
{
    private readonly SharedFile _file;

    /// <summary>Uses a part of a mapped file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="address">The part's first byte.</param>
    /// <param name="bytes">Its size.</param>
    public MappedRows(SharedFile file, nint address, long bytes)
        : base(address, bytes)
    {
        file.Share();
        _file = file;
    }

    /// <inheritdoc/>
    protected override void Free(nint address) => _file.Dispose();
}
