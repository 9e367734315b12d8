namespace SimServe.Simulator.Engine;

/// <summary>Receives events from an <see cref="EventCalendar"/>.</summary>
/// <remarks>An interface rather than a delegate: an object schedules itself again and again without a closure, so an event costs no allocation.</remarks>
public interface IEventHandler
{
    /// <summary>Handles one event. May schedule and cancel others.</summary>
    /// <param name="token">What was given to <see cref="EventCalendar.Schedule"/>: tells the handler's own events apart.</param>
    void Handle(int token);
}
