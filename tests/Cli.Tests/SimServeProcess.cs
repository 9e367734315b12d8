using System.Diagnostics;
using System.Text;

namespace SimServe.Cli.Tests;

/// <summary>The built command as a process of its own, as a user starts it.</summary>
internal sealed class SimServeProcess : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly StringBuilder _said = new();

    private SimServeProcess(string program, IEnumerable<string> arguments, string? folder = null)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Repository.Root,
        })!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = Task.Run(ReadError);
    }

    private static string Command => Path.Combine(AppContext.BaseDirectory, "simserve.dll");

    public static CommandResult Run(params string[] arguments) => RunIn(Repository.Root, arguments);

    public static CommandResult RunIn(string folder, params string[] arguments)
    {
        using var process = new SimServeProcess("dotnet", [Command, .. arguments], folder);
        return process.Wait(Longest);
    }

    // A process started in the background may have inherited that Ctrl-C is ignored: env gives it back its meaning.
    public static SimServeProcess StartInterruptible(params string[] arguments) =>
        new("env", ["--default-signal=INT", "dotnet", Command, .. arguments]);

    public bool HasSaid(string text)
    {
        lock (_said)
        {
            return _said.ToString().Contains(text, StringComparison.Ordinal);
        }
    }

    // What Ctrl-C sends.
    public void Interrupt()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -INT {_process.Id}"]);
        kill.WaitForExit();
    }

    // SIGKILL: the process has no say in it.
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public CommandResult Wait(TimeSpan longest)
    {
        if (!_process.WaitForExit(longest))
        {
            _process.Kill();
            Assert.Fail($"The command did not end within {longest.TotalSeconds} s.\n{_error.Result}");
        }

        return new CommandResult(_process.ExitCode, _output.Result, _error.Result);
    }

    private string ReadError()
    {
        var buffer = new char[4096];
        for (var read = _process.StandardError.Read(buffer); read > 0; read = _process.StandardError.Read(buffer))
        {
            lock (_said)
            {
                _said.Append(buffer, 0, read);
            }
        }

        return _said.ToString();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
